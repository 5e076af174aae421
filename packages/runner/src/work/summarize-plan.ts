import type { ResourceCounts } from "../protocol.ts";

export interface PlanSummary {
  /** Applying would do something: to an object, to the state alone (a move, a refresh) or to an output. */
  readonly hasChanges: boolean;
  readonly counts: ResourceCounts;
}

interface PlanJson {
  readonly resource_changes?: readonly {
    readonly previous_address?: string;
    readonly change?: { readonly actions?: readonly string[]; readonly importing?: unknown };
  }[];
  readonly output_changes?: Readonly<Record<string, { readonly actions?: readonly string[] }>>;
  readonly resource_drift?: readonly unknown[];
}

/**
 * What a plan would do, from `show -json`. Newer engines say `applyable` too, but count reads as reasons to apply, such
 * as those of `check` blocks, which every plan has: hence our own rule for all versions.
 */
export function summarizePlan(plan: PlanJson, options: { readonly refreshOnly: boolean }): PlanSummary {
  const counts = { additions: 0, changes: 0, destructions: 0, imports: 0 };
  let hasChanges = options.refreshOnly && (plan.resource_drift ?? []).length > 0;
  for (const { change, previous_address: movedFrom } of plan.resource_changes ?? []) {
    const actions = change?.actions ?? [];
    const imported = change?.importing !== undefined && change.importing !== null;
    if (actions.includes("create")) counts.additions++;
    if (actions.includes("update")) counts.changes++;
    if (actions.includes("delete")) counts.destructions++;
    if (imported) counts.imports++;
    if (imported || movedFrom !== undefined || actions.some(isChange)) hasChanges = true;
  }
  for (const { actions } of Object.values(plan.output_changes ?? {})) {
    if ((actions ?? []).some(isChange)) hasChanges = true;
  }
  return { hasChanges, counts };
}

function isChange(action: string): boolean {
  return action !== "no-op" && action !== "read";
}
