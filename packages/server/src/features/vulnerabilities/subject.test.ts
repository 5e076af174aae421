import { describe, expect, it } from "vitest";
import { subjectOf, type AdvisedPackage } from "./subject.ts";

function aPackage(given: Partial<AdvisedPackage>): AdvisedPackage {
  return {
    type: "deb",
    namespace: "debian",
    purlName: "libssl3",
    version: "3.0.11-1~deb12u2",
    distro: "debian-12",
    sourceName: "",
    sourceVersion: "",
    epoch: "",
    ...given,
  };
}

describe("what advisories are looked up by", () => {
  it.each([
    ["debian-12", "Debian", "12"],
    ["debian-12.5", "Debian", "12.5"],
    ["bookworm", "Debian", "12"],
    ["debian-bookworm", "Debian", "12"],
    ["ubuntu-22.04", "Ubuntu", "22.04"],
    ["jammy", "Ubuntu", "22.04"],
  ])("is the release of the distribution: %s", (distro, ecosystem, release) => {
    expect(subjectOf(aPackage({ distro }))).toMatchObject({ subject: { ecosystem, release } });
  });

  it.each([
    ["apk", "alpine", "alpine-3.19.1", "Alpine", "3.19.1"],
    ["apk", "wolfi", "wolfi-20230201", "Wolfi", ""],
    ["rpm", "redhat", "rhel-9.4", "Red Hat", "9.4"],
    ["rpm", "rocky", "rocky-9.3", "Rocky Linux", "9.3"],
    ["rpm", "almalinux", "almalinux-9", "AlmaLinux", "9"],
    ["rpm", "suse", "sles-15.5", "SUSE", "15.5"],
    ["rpm", "opensuse", "opensuse-leap-15.5", "openSUSE", "15.5"],
    ["rpm", "opensuse", "opensuse-tumbleweed-20240101", "openSUSE", "tumbleweed"],
    ["rpm", "mariner", "mariner-2.0", "Azure Linux", "2.0"],
  ])("follows from type, namespace and distribution: %s %s %s", (type, namespace, distro, ecosystem, release) => {
    expect(subjectOf(aPackage({ type, namespace, distro }))).toMatchObject({ subject: { ecosystem, release } });
  });

  it.each([
    ["npm", "@angular", "core", "npm", "@angular/core"],
    ["npm", "", "lodash", "npm", "lodash"],
    ["pypi", "", "Zope.Interface", "PyPI", "zope-interface"],
    ["golang", "github.com/gin-gonic", "gin", "Go", "github.com/gin-gonic/gin"],
    ["golang", "", "stdlib", "Go", "stdlib"],
    ["maven", "org.apache.logging.log4j", "log4j-core", "Maven", "org.apache.logging.log4j:log4j-core"],
    ["cargo", "", "tokio", "crates.io", "tokio"],
  ])("is the name as the ecosystem writes it: pkg:%s/%s/%s", (type, namespace, purlName, ecosystem, name) => {
    expect(subjectOf(aPackage({ type, namespace, purlName, version: "1.0.0", distro: "debian-12" }))).toEqual({
      subject: { ecosystem, release: "", names: [{ name, version: "1.0.0" }] },
    });
  });

  it("is the source package with its own version, where distributions advise on those", () => {
    const names = (given: Partial<AdvisedPackage>) => {
      const found = subjectOf(aPackage(given));
      return "subject" in found ? found.subject.names : found;
    };
    expect(names({ sourceName: "openssl" })).toEqual([{ name: "openssl", version: "3.0.11-1~deb12u2" }]);
    expect(names({ sourceName: "gcc-12", sourceVersion: "12.2.0-14", version: "12.2.0-14+b1" })).toEqual([
      { name: "gcc-12", version: "12.2.0-14" },
    ]);
  });

  it("is the source and the binary package of an rpm, with its epoch", () => {
    const rpm = { type: "rpm", namespace: "redhat", distro: "rhel-9", purlName: "openssl-libs", epoch: "1" };
    expect(
      subjectOf(aPackage({ ...rpm, version: "3.0.7-24.el9", sourceName: "openssl", sourceVersion: "3.0.7-24.el9" })),
    ).toMatchObject({
      subject: {
        names: [
          { name: "openssl", version: "1:3.0.7-24.el9" },
          { name: "openssl-libs", version: "1:3.0.7-24.el9" },
        ],
      },
    });
  });

  it.each([
    ["no_ecosystem", { type: "generic", namespace: "" }],
    ["no_ecosystem", { type: "", namespace: "", distro: "" }],
    ["no_ecosystem", { type: "constructor", namespace: "constructor", distro: "constructor" }],
    ["no_ecosystem", { type: "rpm", namespace: "fedora", distro: "fedora-40" }],
    ["no_release", { distro: "" }],
    ["no_release", { distro: "debian" }],
    ["no_version", { version: "" }],
  ])("is nothing, and says so: %s for %j", (obstacle, given) => {
    expect(subjectOf(aPackage(given))).toMatchObject({ obstacle });
  });
});
