/**
 * A file name ending in one of the suffixes that sorts after every other such name, by bytes, as the engines read
 * directories: of several files that set the same thing the last one wins. The name is `<stem><suffixes[0]>` unless a
 * file there sorts after it or has this name already.
 */
export function nameThatSortsLast(
  names: readonly string[],
  stem: string,
  suffixes: readonly [string, ...string[]],
): string {
  const last = names
    .filter((name) => suffixes.some((suffix) => name.endsWith(suffix)))
    .concat(stem + suffixes[0])
    .reduce((a, b) => (compareBytes(a, b) > 0 ? a : b));
  if (!names.includes(last)) return last;
  const suffix = suffixes.find((suffix) => last.endsWith(suffix)) ?? "";
  // "~" sorts after "." and "_", with which every suffix begins.
  return `${last.slice(0, last.length - suffix.length)}~${suffixes[0]}`;
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
