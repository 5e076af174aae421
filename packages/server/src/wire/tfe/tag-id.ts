/**
 * The id of a plain tag: its key in characters that every client takes in an id. A tag has no row of its own; two
 * organizations with the same key have two tags with the same id.
 */
export function tagId(key: string): string {
  return `tag-${Buffer.from(key).toString("base64url")}`;
}

/** Undefined for whatever is not such an id. */
export function keyOfTagId(id: string): string | undefined {
  const text = /^tag-([A-Za-z0-9_-]{1,1400})$/.exec(id)?.[1];
  return text === undefined ? undefined : Buffer.from(text, "base64url").toString("utf8");
}
