import type { Millis } from "../../platform/clock.ts";
import type { Edge } from "../ancestry/index.ts";
import type { Revocation } from "../versions/index.ts";

/** A revocation somebody ordered, on the version it was ordered for. */
export interface OrderedRevocation {
  readonly versionId: string;
  readonly revokeAt: Millis;
  readonly message: string;
  readonly author: string;
}

/**
 * What each of these versions inherits: the earliest revocation among all its ancestors; of two at the same moment that
 * of the older version. Versions that inherit nothing are left out. `ordered` holds the revocations that cascade.
 */
export function inheritedRevocations(
  versionIds: readonly string[],
  edges: readonly Edge[],
  ordered: ReadonlyMap<string, OrderedRevocation>,
): ReadonlyMap<string, OrderedRevocation> {
  const parents = new Map<string, string[]>();
  for (const { parentId, childId } of edges) {
    const known = parents.get(childId);
    if (known === undefined) parents.set(childId, [parentId]);
    else known.push(parentId);
  }
  const known = new Map<string, OrderedRevocation | undefined>();

  function earliestAbove(id: string): OrderedRevocation | undefined {
    if (known.has(id)) return known.get(id);
    // Set before looking further up, so that a circle in the data ends here.
    known.set(id, undefined);
    let earliest: OrderedRevocation | undefined;
    for (const parentId of parents.get(id) ?? []) {
      for (const candidate of [ordered.get(parentId), earliestAbove(parentId)]) {
        if (candidate !== undefined && isBefore(candidate, earliest)) earliest = candidate;
      }
    }
    known.set(id, earliest);
    return earliest;
  }

  const inherited = new Map<string, OrderedRevocation>();
  for (const id of versionIds) {
    const revocation = earliestAbove(id);
    if (revocation !== undefined) inherited.set(id, revocation);
  }
  return inherited;
}

function isBefore(a: OrderedRevocation, b: OrderedRevocation | undefined): boolean {
  if (b === undefined) return true;
  return a.revokeAt === b.revokeAt ? a.versionId < b.versionId : a.revokeAt < b.revokeAt;
}

export function asInherited(ordered: OrderedRevocation): Omit<Revocation, "inheritedFrom"> {
  return {
    revokeAt: ordered.revokeAt,
    message: ordered.message,
    author: ordered.author,
    type: "inherited",
    cascades: false,
    inheritedFromId: ordered.versionId,
  };
}

/** Whether a version's record says something else than what it should inherit. */
export function differs(record: Revocation | null, inherited: OrderedRevocation | undefined): boolean {
  if (record === null || inherited === undefined) return record !== null || inherited !== undefined;
  return (
    record.inheritedFromId !== inherited.versionId ||
    record.revokeAt !== inherited.revokeAt ||
    record.message !== inherited.message ||
    record.author !== inherited.author
  );
}
