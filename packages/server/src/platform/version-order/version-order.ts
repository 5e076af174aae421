/**
 * Which of two versions is older: negative when `a` is, 0 when they are the same, positive when `b` is. Undefined when one of
 * them is no version by the rules of its ecosystem: nothing may be concluded then, least of all that it is unaffected.
 */
export type VersionOrder = (a: string, b: string) => number | undefined;

/** Compares runs of ASCII digits by value, however long they are. */
export function compareDigits(a: string, b: string): number {
  const left = a.replace(/^0+/, "");
  const right = b.replace(/^0+/, "");
  return left.length - right.length || compareText(left, right);
}

/** By code units, as the C locale does for ASCII. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
