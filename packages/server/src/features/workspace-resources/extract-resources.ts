import { readState, type ReadStateDeps } from "../state-versions/index.ts";
import { countBillable, summarizeState, type StateSummary } from "../workspace-summaries/index.ts";
import { lockWorkspaceRow } from "../workspaces/index.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { resourcesOfState, type StateResource } from "./resources-of-state.ts";
import { replaceResources } from "./workspace-resource-store.ts";

export interface ExtractResourcesDeps extends ReadStateDeps {
  readonly now: Clock;
}

/**
 * Reads the resources out of a state version and makes them the workspace's, in its summary too. Repeatable; an older state version that is
 * handled after a newer one changes nothing. Of a state that cannot be read nobody knows the resources: there are none.
 */
export async function extractResources(deps: ExtractResourcesDeps, stateVersionId: string): Promise<void> {
  const state = await readState(deps, stateVersionId).catch((error: unknown) => {
    if (error instanceof DomainError && error.kind === "not_found") return undefined;
    throw error;
  });
  if (state === undefined) return;
  const resources = resourcesOfState(state.bytes);
  await deps.db.transaction().execute(async (tx) => {
    const workspace = await lockWorkspaceRow(tx, state.workspaceId);
    if (workspace?.currentStateVersionId !== stateVersionId) return;
    await replaceResources(tx, state.workspaceId, stateVersionId, resources ?? [], deps.now());
    await summarizeState(tx, workspace, {
      ...summaryOf(resources),
      engineVersion: state.engineVersion,
      runsElsewhere: workspace.executionMode === "local",
    });
  });
}

function summaryOf(
  resources: readonly StateResource[] | undefined,
): Pick<StateSummary, "resourceCount" | "billableCount" | "providers"> {
  if (resources === undefined) return { resourceCount: null, billableCount: null, providers: [] };
  const sources = resources.map(({ providerSource }) => providerSource).filter((source) => source !== "");
  return {
    resourceCount: resources.length,
    billableCount: countBillable(resources),
    providers: [...new Set(sources)].sort(),
  };
}
