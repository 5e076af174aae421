/** The address when a browser may follow it: what a stranger gave may be a script. */
export function webAddress(text: string | null | undefined): string | undefined {
  if (text == null) return undefined;
  try {
    const { protocol, href } = new URL(text);
    return protocol === "https:" || protocol === "http:" ? href : undefined;
  } catch {
    return undefined;
  }
}
