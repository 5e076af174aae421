import { describe, expect, it } from "vitest";
import { adviseOn, ecosystemsOf, readOsvAdvisory } from "./osv-advisory.ts";
import { rateSeverity, scoreOf } from "./severity.ts";

const advisory = {
  schema_version: "1.7.0",
  id: "DEBIAN-CVE-2024-1000",
  modified: "2024-05-02T03:04:05Z",
  published: "2024-05-01T00:00:00Z",
  upstream: ["CVE-2024-1000"],
  related: ["DSA-5000-1"],
  details: "A flaw in the parser.",
  severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
  affected: [
    {
      package: { ecosystem: "Debian:12", name: "openssl", purl: "pkg:deb/debian/openssl?arch=source" },
      ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "3.0.11-1~deb12u2" }] }],
      versions: ["3.0.9-1", "3.0.11-1~deb12u1"],
      ecosystem_specific: { urgency: "low" },
    },
    {
      package: { ecosystem: "Debian:13", name: "openssl" },
      ranges: [{ type: "GIT", events: [] }],
      versions: ["3.2.1"],
    },
    { package: { ecosystem: "PyPI", name: "cryptography" }, versions: ["41.0.0"] },
  ],
};

function read(change: object = {}) {
  const document = readOsvAdvisory(JSON.stringify({ ...advisory, ...change }));
  if (document === undefined) throw new Error("unreadable");
  return document;
}

describe("an OSV advisory", () => {
  it("is kept for one ecosystem, by package and release", () => {
    expect(ecosystemsOf(read())).toEqual(new Set(["Debian", "PyPI"]));
    expect(adviseOn("Debian", read())).toEqual({
      identifier: "DEBIAN-CVE-2024-1000",
      description: "A flaw in the parser.",
      refersTo: ["CVE-2024-1000"],
      related: ["DSA-5000-1"],
      severity: "LOW",
      criticality: "Critical",
      publishedAt: Date.UTC(2024, 4, 1),
      modifiedAt: Date.UTC(2024, 4, 2, 3, 4, 5),
      withdrawnAt: null,
      packages: new Map([
        [
          "openssl",
          [
            { release: "12", versions: [], ranges: [[{ introduced: "0" }, { fixed: "3.0.11-1~deb12u2" }]] },
            { release: "13", versions: ["3.2.1"], ranges: [] },
          ],
        ],
      ]),
    });
    expect(adviseOn("npm", read())).toBeUndefined();
  });

  it("affects nothing once it is withdrawn", () => {
    const withdrawn = adviseOn("Debian", read({ withdrawn: "2024-06-01T00:00:00Z" }));
    expect(withdrawn).toMatchObject({ withdrawnAt: Date.UTC(2024, 5, 1), packages: new Map() });
  });

  it("is read in spite of members that nobody knows, and of nulls", () => {
    expect(adviseOn("Debian", read({ aliases: null, credits: [1], database_specific: null, x: {} }))).toBeDefined();
  });

  it.each(["", "[]", '{"id":"X"}', '{"id":1,"modified":""}', '{"id":"X","modified":"","affected":{}}'])(
    "is not %s",
    (text) => {
      expect(readOsvAdvisory(text)).toBeUndefined();
    },
  );
});

describe("how bad it is", () => {
  // Scores as FIRST publishes them in the examples of CVSS 3.1 and 4.0.
  it.each([
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10],
    ["CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4],
    ["CVSS:3.0/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", 7.8],
    ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3],
    ["AV:N/AC:L/Au:N/C:P/I:P/A:P", 7.5],
  ])("scores %s as %d", (vector, score) => {
    expect(scoreOf(vector)).toBe(score);
  });

  it.each(["", "9.8", "CVSS:3.1/AV:N", "CVSS:9/AV:N"])("has no score for %j", (vector) => {
    expect(scoreOf(vector)).toBeUndefined();
  });

  it.each([
    [
      "the newest kind of score",
      [
        ["CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"],
        ["CVSS_V4", "CVSS:4.0/AV:L/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N"],
      ],
      [],
      "Low",
      "LOW",
    ],
    [
      "a score rather than a word",
      [["CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"]],
      ["moderate"],
      "Critical",
      "MODERATE",
    ],
    ["the word of its database", [["Ubuntu", "negligible"]], [], "Low", "NEGLIGIBLE"],
    ["the worst of several words", [], ["Moderate", "Important"], "High", "IMPORTANT"],
    ["nothing", [["CVSS_V3", "nonsense"]], ["not yet assigned"], "Unknown", "UNKNOWN"],
  ])("follows from %s", (_what, ratings, words, criticality, severity) => {
    expect(
      rateSeverity(
        ratings.map(([type = "", score = ""]) => ({ type, score })),
        words,
      ),
    ).toEqual({ criticality, severity });
  });
});
