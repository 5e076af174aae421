import { readCycloneDx } from "./cyclonedx.ts";
import { listedAs, type Package } from "./package.ts";
import type { ReadResult } from "./read-result.ts";
import type { SbomFormat } from "./sbom.ts";
import { readSpdx2 } from "./spdx.ts";
import { readSpdx3 } from "./spdx3.ts";

/** What is known of a document. */
export type SbomContent = ReadResult & {
  /** What it says it is; null: it is neither. */
  readonly format: SbomFormat | null;
};

// Of the largest images that tools describe, with room: a container has some hundred packages, a desktop some thousand.
const packagesMax = 50_000;
// Each becomes an object of some dozen bytes: without a bound, 64 MiB of brackets would fill the memory.
const valuesMax = 6_000_000;
// Together below what a PostgreSQL index entry can hold.
const nameBytesMax = 512;
const versionBytesMax = 512;
const purlBytesMax = 1536;

/** Reads a whole document. Whatever is in it, it is either understood as a whole or not at all; nothing is guessed. */
export function readSbomDocument(bytes: Buffer): SbomContent {
  if (countValues(bytes) > valuesMax) return unreadable(null, `it holds more than ${valuesMax} values`);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    return unreadable(null, `it is not JSON: ${(error as Error).message.slice(0, 200)}`);
  }
  const format = formatOf(value);
  if (format === null) return unreadable(null, "it is neither CycloneDX nor SPDX");
  const result = format.read(value);
  if ("unreadableBecause" in result) return { ...result, format: format.name };
  const problem = findProblem(result.packages);
  return problem === undefined
    ? { packages: distinct(result.packages), format: format.name }
    : unreadable(format.name, problem);
}

function unreadable(format: SbomFormat | null, because: string): SbomContent {
  return { unreadableBecause: because, format };
}

interface Reader {
  readonly name: SbomFormat;
  readonly read: (value: unknown) => ReadResult;
}

function formatOf(value: unknown): Reader | null {
  if (value === null || typeof value !== "object") return null;
  if ("bomFormat" in value && value.bomFormat === "CycloneDX") return { name: "cyclonedx", read: readCycloneDx };
  if ("spdxVersion" in value) return { name: "spdx", read: readSpdx2 };
  const context = "@context" in value ? [value["@context"]].flat() : [];
  const isSpdx3 = context.some((one) => typeof one === "string" && one.startsWith("https://spdx.org/rdf/3"));
  return isSpdx3 ? { name: "spdx", read: readSpdx3 } : null;
}

/** At least as many as there are: separators and brackets inside texts count too. */
function countValues(bytes: Buffer): number {
  if (bytes.length <= valuesMax) return 0;
  let count = 0;
  for (const byte of bytes) if (byte === 0x2c || byte === 0x5b || byte === 0x7b) count++;
  return count;
}

function findProblem(packages: readonly Package[]): string | undefined {
  if (packages.length > packagesMax) return `it names more than ${packagesMax} packages`;
  for (const one of packages) {
    const longest: readonly (readonly [what: string, text: string, bytesMax: number])[] = [
      ["name", one.name, nameBytesMax],
      ["version", one.version, versionBytesMax],
      ["purl", one.purl, purlBytesMax],
      ["distribution", one.distro, nameBytesMax],
      ["source", one.sourceName + one.sourceVersion, nameBytesMax],
    ];
    for (const [what, text, bytesMax] of longest) {
      const start = JSON.stringify(one.name.slice(0, 60));
      if (Buffer.byteLength(text) > bytesMax)
        return `the ${what} of the package ${start} has more than ${bytesMax} bytes`;
      // PostgreSQL cannot store it in text, SQLite would cut the value there.
      if (text.includes("\u0000")) return `the ${what} of the package ${start} has a NUL character`;
    }
  }
  return undefined;
}

/** One of those that are one line of a list; the one that says the most. */
function distinct(packages: readonly Package[]): Package[] {
  const known = new Map<string, Package>();
  for (const one of packages) {
    const key = listedAs(one);
    const other = known.get(key);
    if (other === undefined || (other.sourceName === "" && one.sourceName !== "")) known.set(key, one);
  }
  return [...known.values()];
}
