export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** A tag as one piece of text: `team=web`, or `web` when it has no value. */
export function textOfTag({ key, value }: Tag): string {
  return value === "" ? key : `${key}=${value}`;
}

export function tagOfText(text: string): Tag {
  const at = text.indexOf("=");
  return at < 0 ? { key: text.trim(), value: "" } : { key: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
}
