import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { packageId, type Package } from "./package.ts";
import { readSbomDocument, type SbomContent } from "./read-document.ts";

function fixture(name: string): SbomContent {
  return readSbomDocument(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
}

function read(value: unknown): SbomContent {
  return readSbomDocument(Buffer.from(typeof value === "string" ? value : JSON.stringify(value)));
}

function packagesOf(content: SbomContent): readonly Package[] {
  if ("packages" in content) return content.packages;
  throw new Error(content.unreadableBecause);
}

function reasonOf(content: SbomContent): string {
  if ("unreadableBecause" in content) return content.unreadableBecause;
  throw new Error("it was read");
}

const cycloneDx = (components: unknown, more = {}) => ({
  bomFormat: "CycloneDX",
  specVersion: "1.4",
  components,
  ...more,
});

describe("a document in the shape that a tool writes", () => {
  it.each([
    [
      "syft-cyclonedx.json",
      "cyclonedx",
      [
        {
          name: "libssl3",
          version: "3.0.11-1~deb12u2",
          type: "deb",
          namespace: "debian",
          purlName: "libssl3",
          distro: "debian-12",
          sourceName: "openssl",
        },
        // A plus is a plus, in the name, the version and the qualifier.
        { name: "libstdc++6", purlName: "libstdc++6", sourceName: "gcc-12", sourceVersion: "12.2.0-14+deb12u1" },
        { name: "@scope/tool", type: "npm", namespace: "@scope", purlName: "tool", distro: "" },
      ],
    ],
    [
      "trivy-cyclonedx.json",
      "cyclonedx",
      [
        { name: "libc6", distro: "debian-12.5", sourceName: "glibc", sourceVersion: "2.36-9+deb12u4" },
        { name: "app/package-lock.json", version: "", purl: "", type: "" },
        { name: "@angular/core", version: "17.0.0" },
        { name: "inner", version: "" },
      ],
    ],
    [
      "syft-spdx.json",
      "spdx",
      [
        {
          name: "bash",
          type: "rpm",
          distro: "rocky-9.3",
          epoch: "1",
          sourceName: "bash",
          sourceVersion: "5.1.8-6.el9",
        },
        { name: "unversioned", version: "", purl: "" },
      ],
    ],
    [
      "trivy-spdx.json",
      "spdx",
      [{ name: "libcrypto3", distro: "alpine-3.19.1", sourceName: "openssl", sourceVersion: "3.1.4-r5" }],
    ],
    [
      "spdx-3.json",
      "spdx",
      [
        { name: "zlib", version: "1.3", type: "apk", distro: "alpine-3.20" },
        { name: "six", type: "pypi", distro: "" },
      ],
    ],
  ])("%s is read, without the image itself, its system and its files", (name, format, packages) => {
    const content = fixture(name);
    expect(content.format).toBe(format);
    expect(packagesOf(content)).toMatchObject(packages);
    expect(packagesOf(content)).toHaveLength(packages.length);
  });
});

describe("a document", () => {
  it("that describes several packages is about none of them", () => {
    const content = read({
      spdxVersion: "SPDX-2.3",
      packages: ["a", "b"].map((name) => ({ SPDXID: name, name })),
      documentDescribes: ["a", "b"],
    });
    expect(packagesOf(content).map((one) => one.name)).toEqual(["a", "b"]);
  });

  it("that names a package twice names it once, with the source that one of them says", () => {
    const purl = "pkg:deb/debian/libssl3@3";
    const content = read(
      cycloneDx([
        { name: "libssl3", version: "3", purl },
        { name: "libssl3", version: "3", purl, properties: [{ name: "syft:metadata:source", value: "openssl" }] },
        { name: "libssl3", version: "4", purl },
      ]),
    );
    expect(packagesOf(content)).toMatchObject([{ version: "3", sourceName: "openssl" }, { version: "4" }]);
  });

  it("with a purl that is none keeps the text and guesses nothing from it", () => {
    expect(packagesOf(read(cycloneDx([{ name: "a", purl: "openssl 3.0.2" }])))).toMatchObject([
      { name: "a", purl: "openssl 3.0.2", type: "", purlName: "a" },
    ]);
  });

  it("that nests endlessly deep is read", () => {
    let text = "[]";
    for (let depth = 0; depth < 5000; depth++) text = `[{"name":"p${depth}","components":${text}}]`;
    const content = read(`{"bomFormat":"CycloneDX","specVersion":"1.4","components":${text}}`);
    expect(packagesOf(content)).toHaveLength(5000);
  });

  it("may begin with a byte order mark, and may have no components", () => {
    expect(packagesOf(read(`\uFEFF{"bomFormat":"CycloneDX","specVersion":"1.6"}`))).toEqual([]);
  });

  it.each<[string, unknown, RegExp]>([
    ["is cut", '{"bomFormat":"CycloneDX","comp', /^it is not JSON/],
    ["is XML", "<bom/>", /^it is not JSON/],
    ["is something else", { packages: [{ name: "a" }] }, /neither CycloneDX nor SPDX/],
    ["is no object", "[]", /neither CycloneDX nor SPDX/],
    ["has a component without a name", cycloneDx([{ version: "1" }]), /a component: .*name/],
    ["has components that are no list", cycloneDx({}), /components must/],
    ["is of an SPDX that nobody knows", { spdxVersion: "SPDX-9.0" }, /spdxVersion must match/],
    ["has a name with a NUL", cycloneDx([{ name: "a\u0000" }]), /NUL/],
    ["has an endless name", cycloneDx([{ name: "a".repeat(600) }]), /name .* more than 512 bytes/],
    [
      "has too many packages",
      cycloneDx(Array.from({ length: 50_001 }, (_, i) => ({ name: `p${i}` }))),
      /more than 50000 packages/,
    ],
    ["is nothing but brackets", "[".repeat(7_000_000), /more than 6000000 values/],
  ])("that %s is not read, and says why", (_what, value, reason) => {
    expect(reasonOf(read(value))).toMatch(reason);
  });
});

describe("the id of a package", () => {
  const one: Package = {
    name: "musl",
    version: "1.2.4-r2",
    purl: "pkg:apk/alpine/musl@1.2.4-r2",
    type: "apk",
    namespace: "alpine",
    purlName: "musl",
    distro: "alpine-3.18",
    sourceName: "",
    sourceVersion: "",
    epoch: "",
  };

  it("is the same for the same package of the same project, and another one in every other case", () => {
    expect(packageId("p", { ...one })).toBe(packageId("p", one));
    const others = [
      packageId("q", one),
      packageId("p", { ...one, distro: "alpine-3.19" }),
      packageId("p", { ...one, sourceName: "musl-x" }),
      packageId("p", { ...one, version: "1.2.4-r3" }),
    ];
    expect(new Set([packageId("p", one), ...others]).size).toBe(5);
  });
});
