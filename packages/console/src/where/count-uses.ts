import type { ImageUseCount, ImageUseStatus } from "../api/types.ts";

/** From what needs a person first to what needs nobody. */
export const worstFirst: readonly ImageUseStatus[] = [
  "revoked",
  "scheduled",
  "behind",
  "unknown",
  "untracked",
  "current",
];

export interface UseCount {
  readonly uses: number;
  readonly workspaces: number;
  /** Undefined without any use. */
  readonly worst: ImageUseStatus | undefined;
}

export const noUses: UseCount = { uses: 0, workspaces: 0, worst: undefined };

/** The counts by what `keyOf` answers, with the worst status of each; those it answers null for are left out. */
export function countUses(
  counts: readonly ImageUseCount[],
  keyOf: (count: ImageUseCount) => string | null,
): ReadonlyMap<string, UseCount> {
  return new Map(
    counts.flatMap((count) => {
      const key = keyOf(count);
      if (key === null) return [];
      const uses = Object.values(count.statuses).reduce((sum, one) => sum + one, 0);
      const worst = worstFirst.find((status) => count.statuses[status] > 0);
      return [[key, { uses, workspaces: count.workspaces, worst }]];
    }),
  );
}
