import type { Tx } from "../../db/database.ts";
import { afterReport, afterState, sameDependencies, type ReportedDependencies } from "./dependency.ts";
import {
  listDependencies,
  replaceDependencies,
  saveSummary,
  type SummarizedWorkspace,
} from "./workspace-summary-store.ts";

/** What a state says of its workspace. */
export interface StateSummary {
  /** That wrote it; null when it does not say. */
  readonly engineVersion: string | null;
  /** Null: nobody knows, the state is encrypted. */
  readonly resourceCount: number | null;
  readonly billableCount: number | null;
  /** Sources of the providers that have resources in it. */
  readonly providers: readonly string[];
  /** The workspace's runs are made by its clients, which do not say what they use. */
  readonly runsElsewhere: boolean;
}

/** Keeps what the current state says. The caller has locked the workspace. */
export async function summarizeState(tx: Tx, workspace: SummarizedWorkspace, state: StateSummary): Promise<void> {
  await saveSummary(tx, workspace, {
    engine_version: state.engineVersion,
    resource_count: state.resourceCount,
    billable_count: state.billableCount,
  });
  const known = await listDependencies(tx, workspace.id);
  const next = afterState(known, state);
  if (!sameDependencies(known, next)) await replaceDependencies(tx, workspace, next);
}

/** Keeps what a run says that its configuration uses. The caller has locked the workspace. */
export async function summarizeDependencies(
  tx: Tx,
  workspace: SummarizedWorkspace,
  report: ReportedDependencies,
): Promise<void> {
  const known = await listDependencies(tx, workspace.id);
  const next = afterReport(known, report);
  if (!sameDependencies(known, next)) await replaceDependencies(tx, workspace, next);
}

/** What the newest assessment with a result has found. */
export interface AssessedCounts {
  readonly checksPassed: number;
  readonly checksFailed: number;
  readonly checksErrored: number;
  readonly checksUnknown: number;
  readonly resourcesDrifted: number;
  readonly resourcesUndrifted: number;
}

/** Keeps what an assessment has found. The caller has locked the workspace. */
export async function summarizeAssessment(
  tx: Tx,
  workspace: SummarizedWorkspace,
  counts: AssessedCounts,
): Promise<void> {
  await saveSummary(tx, workspace, {
    checks_passed: counts.checksPassed,
    checks_failed: counts.checksFailed,
    checks_errored: counts.checksErrored,
    checks_unknown: counts.checksUnknown,
    resources_drifted: counts.resourcesDrifted,
    resources_undrifted: counts.resourcesUndrifted,
  });
}
