import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { Zstd } from "@hpcc-js/wasm-zstd";
import { CommandError } from "../command-line/command.ts";
import { parseJsonOrUndefined } from "../foreign-data/describe-mismatch.ts";
import type { SbomUpload } from "../registry/registry-types.ts";

// Packs a document of some megabytes in less than a second; higher levels take ten times as long for little more.
const level = 9;

/** An SBOM as the registry takes it, under the name of its file. Throws CommandError. */
export async function readSbomFile(file: string): Promise<SbomUpload> {
  const bytes = await readFile(file).catch((error: Error) => {
    throw new CommandError(`The SBOM ${file} cannot be read: ${error.message}`);
  });
  const name = nameOf(file);
  const zstd = await Zstd.load();
  return {
    format: formatOf(parseJsonOrUndefined(bytes.toString("utf8")), file),
    compressed_sbom: Buffer.from(zstd.compress(bytes, level)).toString("base64"),
    ...(name === undefined ? {} : { name }),
  };
}

function formatOf(document: unknown, file: string): SbomUpload["format"] {
  if (document !== null && typeof document === "object") {
    if ("bomFormat" in document && document.bomFormat === "CycloneDX") return "CYCLONEDX";
    if ("spdxVersion" in document || "@graph" in document) return "SPDX";
  }
  throw new CommandError(
    `${file} is neither SPDX nor CycloneDX in JSON. Make it with, for example, syft -o cyclonedx-json.`,
  );
}

/** What the registry takes of a file's name; undefined when that is too short. Source: UploadSbomBody.name. */
export function nameOf(file: string): string | undefined {
  const name = basename(file)
    .replace(/\.json$/, "")
    .replaceAll(/[^0-9A-Za-z]+/g, "-")
    .slice(0, 36)
    .replaceAll(/^-+|-+$/g, "");
  return name.length < 3 ? undefined : name;
}
