import type { ListedPackage, Sbom } from "../../features/sboms/index.ts";
import { sbomFormatWords } from "./wire-words.ts";

/** The specification has no word for a document that could not be parsed; `/api/v1/sboms` has. */
export function presentSbom({ id, name, format }: Pick<Sbom, "id" | "name" | "format">) {
  return { id, name, format: sbomFormatWords[format] };
}

export function presentPackage(one: ListedPackage) {
  return { name: one.name, version: one.version, purl: one.purl, sboms: one.sboms.map(presentSbom) };
}
