import type { CompleteRequest } from "@ingot/runner/protocol";
import type { Actor } from "../access/index.ts";
import { readPlanChanges } from "../plan-changes/index.ts";
import { leaseLost } from "../runs/index.ts";
import { renewLease, type JobHold } from "../../jobs/index.ts";
import type { AssessmentDeps } from "./assessment-deps.ts";
import { readAssessmentPlanJson, storeDetail } from "./assessment-files.ts";
import { listFacts } from "./assessment-facts-store.ts";
import { listNewestAssessments } from "./assessment-store.ts";
import type { Assessment } from "./assessment.ts";
import { endAssessment } from "./end-assessment.ts";
import { findHeldAssessment, lockHeldAssessment } from "./held-assessment.ts";
import { findingsOf, judgePlan, type Judgement } from "./judge-plan.ts";

// The runner waits for the answer and sends no heartbeat meanwhile.
const judgeLeaseMs = 120_000;

type Verdict =
  | { readonly judgement: Judgement; readonly detailKey: string }
  | {
      readonly judgement?: undefined;
      readonly detailKey?: undefined;
      readonly status: "failed" | "canceled";
      readonly message: string;
    };

/**
 * The runner's last word about its assessment. One whose plan failed or cannot be judged has failed: unknown never counts
 * as healthy. Repeating the report is harmless. Errors: conflict/lease_lost.
 */
export async function completeAssessment(
  deps: AssessmentDeps,
  actor: Actor,
  jobId: string,
  report: CompleteRequest,
): Promise<void> {
  const hold: JobHold = { id: jobId, fence: report.fence };
  const seen = await findHeldAssessment(deps.db, hold, actor);
  if (seen.reported && seen.fence === hold.fence) return;
  let stored: string | undefined;
  try {
    const verdict = await judge(deps, hold, seen, report);
    stored = verdict.detailKey;
    await deps.db.transaction().execute(async (tx) => {
      const held = await lockHeldAssessment(tx, hold, actor);
      const ended: Assessment = { ...held, reported: true, engine: report.engine ?? null };
      const now = deps.now();
      if (verdict.judgement === undefined) {
        await endAssessment(tx, ended, { status: verdict.status, errorMessage: verdict.message }, now);
        return;
      }
      const { counts, detail } = verdict.judgement;
      const [previous] = await listNewestAssessments(tx, [held.workspaceId], ["finished"]);
      const [facts] = await listFacts(tx, [held.workspaceId]);
      const beforeApply = (facts?.lastApplyAt ?? 0) > (previous?.endedAt ?? 0);
      const findings = findingsOf(detail, previous && { findings: previous.findings, beforeApply }, now);
      const { detailKey } = verdict;
      await endAssessment(tx, ended, { status: "finished", errorMessage: null, counts, findings, detailKey }, now);
    });
  } catch (error) {
    if (stored !== undefined) await deps.blobs.remove(stored);
    // The same report, sent twice at the same time.
    const now = await findHeldAssessment(deps.db, hold, actor);
    if (!now.reported || now.fence !== hold.fence) throw error;
  }
  // Another may have its place.
  deps.wakeRunners();
  deps.wakeJobs();
}

async function judge(
  deps: AssessmentDeps,
  hold: JobHold,
  assessment: Assessment,
  report: CompleteRequest,
): Promise<Verdict> {
  if (report.outcome !== "finished") {
    return {
      status: report.outcome === "canceled" ? "canceled" : "failed",
      message: report.message ?? "The runner gave no reason.",
    };
  }
  if (!(await renewLease(deps.db, hold, deps.now() + judgeLeaseMs))) throw leaseLost();
  // The file of the plan may have arrived since the assessment was read.
  const { planJsonKey } = await findHeldAssessment(deps.db, hold);
  const json = await readAssessmentPlanJson(deps, { ...assessment, planJsonKey });
  if (json === undefined) {
    return { status: "failed", message: "The runner has sent no JSON of the plan. Update the runner." };
  }
  try {
    const judgement = judgePlan(readPlanChanges(JSON.parse(json.toString("utf8"))));
    return { judgement, detailKey: await storeDetail(deps, assessment.id, judgement.detail) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { status: "failed", message: `The plan could not be judged: ${reason}` };
  }
}
