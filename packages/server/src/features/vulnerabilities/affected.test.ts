import { describe, expect, it } from "vitest";
import { compareSemverVersions } from "../../platform/version-order/index.ts";
import { judge, judgeRange, uncoveredVersions, type Affected, type RangeEvent } from "./affected.ts";
import type { Ecosystem } from "./ecosystem.ts";

const range = (...events: RangeEvent[]) => events;

describe("a range", () => {
  // The examples of the OSV schema.
  const unfixed = range({ introduced: "0" });
  const fixed = range({ introduced: "0" }, { fixed: "1.0.2" });
  const twice = range({ introduced: "1.0.0" }, { fixed: "1.0.2" }, { introduced: "3.0.0" }, { fixed: "3.2.5" });
  const lastAffected = range({ introduced: "0" }, { last_affected: "2.1.214" });
  const limited = range({ introduced: "1.0.0" }, { limit: "2.0.0" });

  it.each([
    ["everything", unfixed, "99.0.0", ""],
    ["what is before the fix", fixed, "1.0.1", "1.0.2"],
    ["pre-releases of the fix", fixed, "1.0.2-rc.1", "1.0.2"],
    ["the first of two stretches", twice, "1.0.0", "1.0.2"],
    ["the second of two stretches", twice, "3.2.4", "3.2.5"],
    ["the last affected version itself", lastAffected, "2.1.214", ""],
    ["what is before the limit", limited, "1.9.9", ""],
    ["the same when its events are in another order", twice.toReversed(), "3.2.4", "3.2.5"],
  ])("affects %s", (_what, events, version, fixedVersion) => {
    expect(judgeRange(compareSemverVersions, version, events)).toEqual({ kind: "affected", fixedVersion });
  });

  it.each([
    ["the fix", fixed, "1.0.2"],
    ["what is between two stretches", twice, "2.0.0"],
    ["what is before the first", twice, "0.9.0"],
    ["what is after the last", twice, "3.2.5"],
    ["what is after the last affected version", lastAffected, "2.1.215"],
    ["the limit", limited, "2.0.0"],
  ])("does not affect %s", (_what, events, version) => {
    expect(judgeRange(compareSemverVersions, version, events)).toEqual({ kind: "unaffected" });
  });

  it.each([
    ["the version of the package is none", fixed, "2023-08-01"],
    ["one of its own versions is none", range({ introduced: "0" }, { fixed: "master" }), "1.0.0"],
  ])("decides nothing when %s", (_what, events, version) => {
    expect(judgeRange(compareSemverVersions, version, events)).toEqual({ kind: "undecided" });
  });
});

describe("an advisory", () => {
  const affected = (release: string, fix: string): Affected => ({
    release,
    versions: [],
    ranges: [range({ introduced: "0" }, { fixed: fix })],
  });
  const verdict = (ecosystem: Ecosystem, release: string, version: string, ...list: Affected[]) =>
    judge({ ecosystem, release, names: [] }, { name: "openssl", version }, list);

  it("speaks for the release that it names and for no other", () => {
    const both = [affected("11", "1.1.1w-0+deb11u1"), affected("12", "3.0.11-1~deb12u2")];
    expect(verdict("Debian", "12.5", "3.0.11-1~deb12u1", ...both)).toEqual({
      kind: "affected",
      fixedVersion: "3.0.11-1~deb12u2",
    });
    expect(verdict("Debian", "12", "3.0.11-1~deb12u2", ...both)).toEqual({ kind: "unaffected" });
    expect(verdict("Debian", "13", "3.0.11-1~deb12u1", ...both)).toEqual({ kind: "unaffected" });
    expect(verdict("Debian", "1", "1.0", ...both)).toEqual({ kind: "unaffected" });
  });

  it.each<[Ecosystem, string, string]>([
    ["Ubuntu", "22.04:LTS", "22.04"],
    ["Ubuntu", "Pro:18.04:LTS", "18.04"],
    ["Ubuntu", "23.10", "23.10"],
    ["Alpine", "v3.19", "3.19.1"],
    ["AlmaLinux", "9", "9.4"],
    ["Red Hat", "enterprise_linux:9::appstream", "9.4"],
    ["SUSE", "Linux Enterprise Server 15 SP5", "15.5"],
    ["SUSE", "Linux Enterprise Module for Basesystem 15 SP5", "15.5"],
    ["openSUSE", "Leap 15.5", "15.5"],
    ["openSUSE", "Tumbleweed", "tumbleweed"],
    ["Azure Linux", "3", "3.0"],
    ["Debian", "", "12"],
  ])("of %s:%s speaks for %s", (ecosystem, advised, release) => {
    expect(
      verdict(ecosystem, release, "1", { release: advised, versions: [], ranges: [[{ introduced: "0" }]] }),
    ).toEqual({ kind: "affected", fixedVersion: "" });
  });

  it.each<[Ecosystem, string, string]>([
    ["Ubuntu", "22.04:LTS:for:NVIDIA:BlueField", "22.04"],
    ["Ubuntu", "Pro:FIPS:22.04:LTS", "22.04"],
    ["Alpine", "v3.1", "3.19.1"],
    ["Red Hat", "rhel_eus:9.2::baseos", "9.2"],
    ["Red Hat", "enterprise_linux:8::baseos", "9.4"],
    ["SUSE", "Linux Enterprise Micro 5.5", "5.5"],
    ["SUSE", "Manager Server 4.3", "4.3"],
    ["openSUSE", "Leap 15.6", "15.5"],
  ])("of %s:%s does not speak for %s", (ecosystem, advised, release) => {
    expect(
      verdict(ecosystem, release, "1", { release: advised, versions: [], ranges: [[{ introduced: "0" }]] }),
    ).toEqual({ kind: "unaffected" });
  });

  it("affects the versions that it lists, even where ranges cannot be compared", () => {
    const listed: Affected = {
      release: "",
      versions: ["1.2.3", "odd one"],
      ranges: [range({ introduced: "0" }, { fixed: "?" })],
    };
    expect(verdict("npm", "", "1.2.3", listed)).toMatchObject({ kind: "affected" });
    expect(verdict("npm", "", "odd one", listed)).toMatchObject({ kind: "affected" });
    expect(verdict("npm", "", "1.2.4", listed)).toEqual({ kind: "undecided" });
  });

  it("keeps only those of its listed versions that no range covers", () => {
    const ranges = [range({ introduced: "0" }, { fixed: "2.0" })];
    expect(uncoveredVersions("PyPI", ["1.0", "1.5", "2.1", "weird"], ranges)).toEqual(["2.1", "weird"]);
  });
});
