import { listVariables, type VariableDeps } from "../variables/index.ts";
import { effectiveVariables, type EffectiveVariable } from "./precedence.ts";
import { listAppliedVariables } from "./set-variable-store.ts";

/** What the runs of a workspace get, with clear values: its own variables and those of sets. Two statements. */
export async function listEffectiveVariables(
  deps: Pick<VariableDeps, "db" | "sealer">,
  workspace: { readonly id: string; readonly organizationId: string; readonly projectId: string },
): Promise<EffectiveVariable[]> {
  const own = await listVariables(deps.db, deps.sealer, workspace.id);
  return effectiveVariables(own, await listAppliedVariables(deps.db, deps.sealer, workspace));
}
