import type { ImageUse, ImageUseStatus } from "../api/types.ts";

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

/** Counts uses by what `keyOf` answers; uses it answers null for are left out. */
export function countUses(
  uses: readonly ImageUse[],
  keyOf: (use: ImageUse) => string | null,
): ReadonlyMap<string, UseCount> {
  const groups = new Map<string, ImageUse[]>();
  for (const use of uses) {
    const key = keyOf(use);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [use]);
    else group.push(use);
  }
  return new Map(
    [...groups].map(([key, group]) => [
      key,
      {
        uses: group.length,
        workspaces: new Set(group.map((use) => use.workspace.id)).size,
        worst: worstFirst.find((status) => group.some((use) => use.status === status)),
      },
    ]),
  );
}
