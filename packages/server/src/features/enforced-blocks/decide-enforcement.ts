import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { insertEnforcement, listFetchesAround, listRunsAround, listRunsOfVersion } from "./enforcement-store.ts";
import { judgeRun, judgeVersion, missing, windowMsMax, type PackerRun, type Verdict } from "./judge-enforcement.ts";
import { listBlockMarks } from "./link-store.ts";
import { isRemembered } from "./note-packer-run.ts";

// Six windows to both sides: runs further away can only matter through an unbroken chain of others between them.
const lookMs = 6 * windowMsMax;
const tracesMax = 2000;

/**
 * Says of a version that is complete from this moment on whether its builds were given what they had to run, and writes it
 * down for good. The caller holds the lock of the bucket. See docs/adr/0016.
 */
export async function decideEnforcement(
  tx: Tx,
  version: { readonly id: string; readonly bucketId: string },
  now: Millis,
): Promise<Verdict> {
  const { runs, strangers } = await listRunsOfVersion(tx, version.id);
  const verdicts: Verdict[] = [];
  if (strangers) verdicts.push(missing(await listBlockMarks(tx, version.bucketId), "other_builder"));
  for (const run of runs) verdicts.push(await decideRun(tx, { ...run, bucketId: version.bucketId }, now));
  const verdict = judgeVersion(verdicts);
  await insertEnforcement(tx, version.id, verdict, now);
  return verdict;
}

async function decideRun(
  tx: Tx,
  run: PackerRun & { readonly bucketId: string; readonly principalId: string },
  now: Millis,
): Promise<Verdict> {
  if (run.openedAt === null) return judgeRun(run, [], []);
  const tooOld: Verdict = { state: "unknown", reason: "too_old", blocks: run.linked };
  if (!isRemembered(run.openedAt, now)) return run.linked.length === 0 ? missing([], "did_not_ask") : tooOld;
  const { bucketId, principalId } = run;
  const around = { bucketId, principalId, from: run.openedAt - lookMs, to: run.openedAt + lookMs, limit: tracesMax };
  const others = await listRunsAround(tx, around);
  const fetches = await listFetchesAround(tx, around);
  if (others.length === tracesMax || fetches.length === tracesMax) {
    return { state: "unknown", reason: "several_runs", blocks: run.linked };
  }
  return judgeRun(run, others, fetches);
}
