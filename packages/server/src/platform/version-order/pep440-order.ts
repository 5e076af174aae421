import { compare, valid } from "@renovatebot/pep440";

/** The order of Python packages. Source: PEP 440. */
export function comparePep440Versions(a: string, b: string): number | undefined {
  return valid(a) === null || valid(b) === null ? undefined : compare(a, b);
}
