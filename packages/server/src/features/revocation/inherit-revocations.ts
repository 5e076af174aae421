import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { listEdgesAbove } from "../ancestry/index.ts";
import { findVersions, saveRevocation, type Version } from "../versions/index.ts";
import { asInherited, differs, inheritedRevocations, type OrderedRevocation } from "./inherit.ts";

/**
 * Brings the inherited revocations of these versions in line with their ancestors. A version with a revocation of its
 * own keeps it; one whose revoked ancestor was deleted keeps what it inherited. Returns the ids that changed. The caller
 * holds the lock of the ancestry and of the buckets of all these versions.
 */
export async function inheritRevocations(tx: Tx, versionIds: readonly string[], now: Millis): Promise<string[]> {
  const targets = (await findVersions(tx, versionIds)).filter(mayInherit);
  const edges = await listEdgesAbove(
    tx,
    targets.map((v) => v.id),
  );
  const ancestors = await findVersions(
    tx,
    edges.map((edge) => edge.parentId),
  );
  const inherited = inheritedRevocations(
    targets.map((v) => v.id),
    edges,
    orderedAmong(ancestors),
  );
  const changed = targets.filter((v) => differs(v.revocation, inherited.get(v.id)));
  for (const [source, ids] of groupBySource(changed, inherited)) {
    await saveRevocation(tx, ids, source === undefined ? null : asInherited(source), now);
  }
  return changed.map((v) => v.id);
}

function mayInherit(version: Version): boolean {
  const { revocation } = version;
  if (revocation === null) return true;
  return revocation.type === "inherited" && revocation.inheritedFrom !== null;
}

function orderedAmong(versions: readonly Version[]): Map<string, OrderedRevocation> {
  const ordered = new Map<string, OrderedRevocation>();
  for (const { id, revocation } of versions) {
    if (revocation?.type === "manual" && revocation.cascades) ordered.set(id, { versionId: id, ...revocation });
  }
  return ordered;
}

function groupBySource(
  versions: readonly Version[],
  inherited: ReadonlyMap<string, OrderedRevocation>,
): Map<OrderedRevocation | undefined, string[]> {
  const groups = new Map<OrderedRevocation | undefined, string[]>();
  for (const { id } of versions) {
    const source = inherited.get(id);
    groups.set(source, [...(groups.get(source) ?? []), id]);
  }
  return groups;
}
