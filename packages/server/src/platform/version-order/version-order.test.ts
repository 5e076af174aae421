import { describe, expect, it } from "vitest";
import {
  compareApkVersions,
  compareDebVersions,
  compareMavenVersions,
  comparePep440Versions,
  compareRpmVersions,
  compareSemverVersions,
  type VersionOrder,
} from "./index.ts";

/** Every version of the list is older than every one after it. */
function expectOrder(compare: VersionOrder, versions: readonly string[]): void {
  versions.forEach((older, index) => {
    expect([older, older, compare(older, older)]).toEqual([older, older, 0]);
    for (const newer of versions.slice(index + 1)) {
      expect([older, newer, Math.sign(compare(older, newer) ?? NaN)]).toEqual([older, newer, -1]);
      expect([newer, older, Math.sign(compare(newer, older) ?? NaN)]).toEqual([newer, older, 1]);
    }
  });
}

function expectSame(compare: VersionOrder, versions: readonly string[]): void {
  for (const one of versions) {
    for (const other of versions) {
      expect([one, other, Math.abs(compare(one, other) ?? NaN)]).toEqual([one, other, 0]);
    }
  }
}

// The lists are oldest first. They are the examples of the document that is named, or cases of the same rule.

describe("Debian and Ubuntu versions", () => {
  it.each([
    ["a tilde before the end, the end before a letter (Debian Policy 5.6.12)", "1~~ 1~~a 1~ 1 1a"],
    ["pre-releases before their release (Debian Policy 5.6.12)", "1.0~beta1~svn1245 1.0~beta1 1.0"],
    ["numbers by value, and the epoch before everything", "0.9 0.10 1:0.1 2:0.0"],
    ["the revision last, updates of a stable release within it", "1.2.3-1 1.2.3-1+deb12u1 1.2.3-1.1 1.2.3-2"],
    ["Ubuntu's revisions before Debian's next", "1.2.3-0ubuntu1 1.2.3-0ubuntu1.10 1.2.3-1"],
    ["letters before other characters", "1a 1+ 1.1"],
    ["only the last hyphen ends the upstream part", "1-2-1 1-10-1"],
    ["numbers beyond what a double holds", "1.20240101000000000000001 1.20240101000000000000002"],
  ])("sort %s", (_rule, versions) => {
    expectOrder(compareDebVersions, versions.split(" "));
  });

  it("count an absent epoch and revision, and leading zeros, as nothing", () => {
    expectSame(compareDebVersions, ["0:1.2", "1.2", "1.02", "1.2-0"]);
  });

  it.each(["", "1_2", "1.0 2", "a:1"])("are not %j", (text) => {
    expect(compareDebVersions(text, "1")).toBeUndefined();
  });
});

describe("RPM versions", () => {
  // rpm's documentation (rpm-version) and its own table of cases.
  it.each([
    ["numbers by value", "1.0 2.0 2.0.1 2.0.10 2.1"],
    ["letters before numbers, the end before letters", "5.5p 5.5p1 5.5p2 5.5p10 5.5.1"],
    ["a tilde before the end", "1.0~rc1~git123 1.0~rc1 1.0~rc2 1.0"],
    ["a caret after the end and before a longer version", "1.0 1.0^ 1.0^git1 1.0^git2 1.0.1"],
    ["both together", "1.0~rc1 1.0~rc1^git1 1.0 1.0^git1~pre 1.0^git1 1.0^git2"],
    ["the epoch before everything, the release last", "1.9-9 2.0-1.el8_5 2.0-1.el8_6 2.0-2.el8 1:0.1-1"],
    ["a known release after none", "1.1.1k 1.1.1k-1.el8"],
  ])("sort %s", (_rule, versions) => {
    expectOrder(compareRpmVersions, versions.split(" "));
  });

  it("count separators, leading zeros and an absent epoch as nothing", () => {
    expectSame(compareRpmVersions, ["10.0001", "10.1", "10_1", "0:10.1"]);
  });

  it.each(["", "_", "1 2", "a:1", "1-2-3"])("are not %j", (text) => {
    expect(compareRpmVersions(text, "1")).toBeUndefined();
  });
});

describe("Alpine versions", () => {
  // apk-package(5) and cases of apk's own table.
  it.each([
    ["suffixes in their order", "6.0_alpha 6.0_beta1 6.0_pre1 6.0_rc1 6.0 6.0_cvs1 6.0_svn1 6.0_git1 6.0_hg1 6.0_p1"],
    ["letters and further numbers after the same version", "1.2 1.2a 1.2b 1.2.0 1.2.3"],
    ["numbers with a leading zero as fractions", "8.2.0 8.2.001 8.2.0015 8.2.002 8.2.1"],
    ["dates by value", "1.0.0_pre20191002222144-r0 1.0.0_pre20210530193627-r0"],
    ["commits, then builds", "1.0-r1 1.0~1234-r0 1.0~1234-r1 1.0~2345-r0"],
    ["builds by value", "3.1.4-r2 3.1.4-r10 3.1.5-r0"],
  ])("sort %s", (_rule, versions) => {
    expectOrder(compareApkVersions, versions.split(" "));
  });

  it.each(["", "a", ".1", "0.1bc1", "0.1_foobar", "0.1-r2-r3", "0.1_pre2~", "1.2-3"])("are not %j", (text) => {
    expect(compareApkVersions(text, "1")).toBeUndefined();
  });
});

describe("npm, crates.io and Go versions", () => {
  it.each([
    [
      "by precedence (semver.org, 11)",
      "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 2.0.0 2.1.0 2.1.1",
    ],
    [
      "Go's pseudo-versions before the release that follows (go.dev/ref/mod)",
      "v0.0.0-20191109021931-daa7c04131f5 v1.2.3 v1.2.4-0.20191109021931-daa7c04131f5 v1.2.4-pre v1.2.4-pre.0.20191109021931-daa7c04131f5 v1.2.4",
    ],
    ["releases of Go itself", "go1.20.9 1.20.10 1.21.0-rc.2 go1.21"],
  ])("sort %s", (_rule, versions) => {
    expectOrder(compareSemverVersions, versions.split(" "));
  });

  it("count build metadata as nothing, and fill up a short version with zeros", () => {
    expectSame(compareSemverVersions, ["2.0.0", "v2.0.0+incompatible", "2.0", "2", "2.0.0+build.5"]);
  });

  it.each(["", "2023-08-01", "1.2-rc1", "latest", "1.2.3.4", "01.2.3", "(devel)"])("are not %j", (text) => {
    expect(compareSemverVersions(text, "1.0.0")).toBeUndefined();
  });
});

describe("PyPI versions", () => {
  it.each([
    [
      "as the summary of PEP 440 lists them",
      "1.dev0 1.0.dev456 1.0a1 1.0a2.dev456 1.0a12.dev456 1.0a12 1.0b1.dev456 1.0b2 1.0b2.post345.dev456 1.0b2.post345 1.0rc1.dev456 1.0rc1 1.0 1.0+abc.5 1.0+abc.7 1.0+5 1.0.post456.dev34 1.0.post456 1.0.15 1.1.dev1",
    ],
    ["epochs first", "2013.10 2014.4 1!1.0 1!2.0"],
  ])("sort %s", (_rule, versions) => {
    expectOrder(comparePep440Versions, versions.split(" "));
  });

  it("count spellings and trailing zeros as the same", () => {
    expectSame(comparePep440Versions, ["1.1rc1", "1.1RC1", "v1.1.0-c1", "1.1.rc.1"]);
  });

  it.each(["", "0.9-doduo", "french toast"])("are not %j", (text) => {
    expect(comparePep440Versions(text, "1")).toBeUndefined();
  });
});

describe("Maven versions", () => {
  // POM Reference, Version Order Specification, and the cases of Maven's own comparison.
  it.each([
    [
      "numbers, and known words around the release",
      "1-alpha2 1-beta-2 1-m2 1-m11 1-rc 1-cr2 1-SNAPSHOT 1 1-sp 1-abc 1-1 1-2 1.1",
    ],
    ["numbers within words", "1-foo2 1-foo10"],
    ["words before numbers with a hyphen, those before numbers with a dot", "1.foo 1-1 1.1"],
    ["the service pack of a release", "1-ga.1 1-sp.1"],
    ["numbers beyond what a double holds", "20190126.230843 20190126.2308439999999999991 20190126.2308439999999999992"],
  ])("sort %s", (_rule, versions) => {
    expectOrder(compareMavenVersions, versions.split(" "));
  });

  it.each([
    ["1.ga 1-ga 1-0 1.0 1 1.0.0 1.final 1-release"],
    ["1-a1 1-alpha-1 1.alpha1"],
    ["1.0.0-foo.0.0 1-foo 1.foo"],
    ["1-rc1 1-cr1 1-RC-1"],
  ])("count as the same: %s", (versions) => {
    expectSame(compareMavenVersions, versions.split(" "));
  });

  it.each(["", "[1,2)", "1 2"])("are not %j", (text) => {
    expect(compareMavenVersions(text, "1")).toBeUndefined();
  });
});
