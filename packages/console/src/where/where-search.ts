import type { ImageUseStatus } from "../api/types.ts";
import { worstFirst } from "./count-uses.ts";
import type { ImageUseFilter } from "./image-use-queries.ts";

/** The filter of image uses, and `q`: what is searched for. */
export interface WhereSearch extends ImageUseFilter {
  readonly q?: string;
}

/** Keeps what is known and well-formed; a version without its bucket says nothing. */
export function parseWhereSearch(search: Readonly<Record<string, unknown>>): WhereSearch {
  const [q, bucket, version, workspace, identifier] = ["q", "bucket", "version", "workspace", "identifier"].map(
    (name) => textOf(search[name]),
  );
  const status = worstFirst.find((known): known is ImageUseStatus => known === search["status"]);
  return {
    ...(q === undefined ? {} : { q }),
    ...(bucket === undefined ? {} : { bucket }),
    ...(bucket === undefined || version === undefined || !/^v\d{1,9}$/.test(version) ? {} : { version }),
    ...(workspace === undefined ? {} : { workspace }),
    ...(identifier === undefined ? {} : { identifier }),
    ...(status === undefined ? {} : { status }),
  };
}

function textOf(value: unknown): string | undefined {
  // A value such as 42 in the address is read as a number.
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text.trim() !== "" ? text.trim() : undefined;
}
