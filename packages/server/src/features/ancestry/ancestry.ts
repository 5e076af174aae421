/** How what a build was made from compares with what the channel serves now. */
export type AncestryStatus = "undetermined" | "up_to_date" | "out_of_date";

/**
 * The status of one relation. Undetermined when the parent came through no channel, or the channel or the parent is
 * gone, or the channel points at nothing. Source: hcp-packer-2023-01-01, AncestryStatus.
 */
export function relationStatus(relation: {
  /** Null: no longer there. */
  readonly parentVersionId: string | null;
  /** What the channel points at now; null as well when there is no channel. */
  readonly channelVersionId: string | null;
}): AncestryStatus {
  if (relation.parentVersionId === null || relation.channelVersionId === null) return "undetermined";
  return relation.channelVersionId === relation.parentVersionId ? "up_to_date" : "out_of_date";
}

/** The worst of them; without any relation nothing is known, and that is not good news. */
export function overallStatus(statuses: readonly AncestryStatus[]): AncestryStatus {
  if (statuses.includes("out_of_date")) return "out_of_date";
  return statuses.length === 0 || statuses.includes("undetermined") ? "undetermined" : "up_to_date";
}

/** One version was built from another. */
export interface Edge {
  readonly parentId: string;
  readonly childId: string;
}

/** How many steps each version is away from the first one; the first one is left out. Follows the shortest way. */
export function depthsBelow(versionId: string, edges: readonly Edge[]): ReadonlyMap<string, number> {
  const children = new Map<string, string[]>();
  for (const { parentId, childId } of edges) {
    const known = children.get(parentId);
    if (known === undefined) children.set(parentId, [childId]);
    else known.push(childId);
  }
  const depths = new Map<string, number>();
  let level = [versionId];
  for (let depth = 1; level.length > 0; depth++) {
    const next = new Set(level.flatMap((id) => children.get(id) ?? []));
    level = [...next].filter((id) => id !== versionId && !depths.has(id));
    for (const id of level) depths.set(id, depth);
  }
  return depths;
}
