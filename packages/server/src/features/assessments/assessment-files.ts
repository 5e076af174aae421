import { findConfigurationVersion } from "../config-versions/index.ts";
import { leaseLost } from "../runs/index.ts";
import { acceptChunk, checkIsJson } from "../runners/index.ts";
import { findCurrentStateVersion, readState } from "../state-versions/index.ts";
import { lockHeldJob, type JobHold } from "../../jobs/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { newUlid } from "../../platform/ids.ts";
import type { AssessmentDeps } from "./assessment-deps.ts";
import { appendChunk, deleteChunks, readChunks } from "./assessment-log-store.ts";
import { findAssessment, lockAssessment, saveAssessment } from "./assessment-store.ts";
import type { Assessment, AssessmentDetail } from "./assessment.ts";
import { findHeldAssessment, lockHeldAssessmentOnly } from "./held-assessment.ts";

type FileDeps = Pick<AssessmentDeps, "db" | "blobs" | "sealer">;

/** Plans, logs and results may hold secrets: a sealed one opens only under the key it was stored with. */
function contextOf(key: string): string {
  return `assessment:${key}`;
}

async function storeSealed(deps: FileDeps, assessmentId: string, bytes: Uint8Array): Promise<string> {
  const key = `assessments/${assessmentId}/${newUlid()}`;
  await deps.blobs.put(key, deps.sealer.seal(bytes, contextOf(key)));
  return key;
}

async function readSealed(deps: Pick<FileDeps, "blobs" | "sealer">, key: string | null): Promise<Buffer | undefined> {
  const sealed = key === null ? undefined : await deps.blobs.get(key);
  return sealed && key !== null ? deps.sealer.open(sealed, contextOf(key)) : undefined;
}

/** The configuration archive. Errors: conflict/lease_lost, not_found/file_missing. */
export async function readConfiguration(deps: FileDeps, hold: JobHold): Promise<Buffer> {
  const assessment = await readHeld(deps, hold);
  const version = await findConfigurationVersion(deps.db, assessment.configurationVersionId);
  const bytes = version?.blobKey == null ? undefined : await deps.blobs.get(version.blobKey);
  if (bytes === undefined) throw missing("The configuration of this assessment is not in the blob store.");
  return bytes;
}

/** The workspace's current state. Errors: conflict/lease_lost, not_found/file_missing. */
export async function readCurrentState(deps: FileDeps, hold: JobHold): Promise<Buffer> {
  const assessment = await readHeld(deps, hold);
  const current = await findCurrentStateVersion(deps.db, assessment.workspaceId);
  if (current === undefined) throw missing("The workspace has no state.");
  return (await readState(deps, current.id)).bytes;
}

/** Errors: conflict/lease_lost, invalid/plan_json. */
export async function storePlanJson(deps: FileDeps, hold: JobHold, bytes: Uint8Array): Promise<void> {
  checkIsJson(bytes);
  const { id } = await readHeld(deps, hold);
  const key = await storeSealed(deps, id, bytes);
  let obsolete: string | null = key;
  try {
    await deps.db.transaction().execute(async (tx) => {
      const held = await lockHeldAssessmentOnly(tx, hold, id);
      await saveAssessment(tx, { ...held, planJsonKey: key });
      obsolete = held.planJsonKey;
    });
  } catch (error) {
    obsolete = key;
    throw error;
  } finally {
    if (obsolete !== null) await deps.blobs.remove(obsolete);
  }
}

// What an engine prints for a plan of a very large workspace.
const logBytesMax = 16 * 1024 * 1024;

/** As with the phases of runs: a chunk that is known already is ignored. Errors: conflict/log_gap, conflict/lease_lost. */
export async function appendAssessmentLog(
  deps: Pick<FileDeps, "db">,
  hold: JobHold,
  offset: number,
  bytes: Buffer,
): Promise<void> {
  const { id } = await findHeldAssessment(deps.db, hold);
  await deps.db.transaction().execute(async (tx) => {
    const held = await lockHeldAssessmentOnly(tx, hold, id);
    const chunk = acceptChunk(held.logReceived, offset, bytes, logBytesMax);
    if (chunk === undefined) return;
    const { kept, logReceived } = chunk;
    const received = { ...held, logReceived };
    if (kept.length > 0) await appendChunk(tx, received, kept);
    else await saveAssessment(tx, received);
  });
}

/** Seals what was found, in full; returns the key, which no row names yet. */
export async function storeDetail(deps: FileDeps, assessmentId: string, detail: AssessmentDetail): Promise<string> {
  return storeSealed(deps, assessmentId, Buffer.from(JSON.stringify(detail)));
}

/** What was found, in full. Undefined when there is no result. */
export async function readAssessmentDetail(
  deps: Pick<FileDeps, "blobs" | "sealer">,
  assessment: Assessment,
): Promise<AssessmentDetail | undefined> {
  const json = await readSealed(deps, assessment.detailKey);
  return json && (JSON.parse(json.toString("utf8")) as AssessmentDetail);
}

/** The engine's own JSON of the plan, secrets too. Undefined when there is none. */
export async function readAssessmentPlanJson(
  deps: Pick<FileDeps, "blobs" | "sealer">,
  assessment: Assessment,
): Promise<Buffer | undefined> {
  return readSealed(deps, assessment.planJsonKey);
}

/** What the engine has printed so far. */
export async function readAssessmentLog(deps: FileDeps, assessment: Assessment): Promise<Buffer> {
  if (assessment.logKey === null) {
    const chunks = await readChunks(deps.db, assessment.id);
    if (chunks.length > 0 || assessment.logBytes === 0) return chunks;
  }
  // Compacted, perhaps between the two statements above.
  const key = assessment.logKey ?? (await findAssessment(deps.db, assessment.id))?.logKey ?? null;
  return (await readSealed(deps, key)) ?? Buffer.alloc(0);
}

/** Moves the chunks of a log that is closed into one sealed blob. Repeatable. */
export async function compactAssessmentLog(deps: FileDeps, assessmentId: string): Promise<void> {
  const assessment = await findAssessment(deps.db, assessmentId);
  if (assessment === undefined || !assessment.logClosed || assessment.logKey !== null) return;
  const key = await storeSealed(deps, assessmentId, await readChunks(deps.db, assessmentId));
  let obsolete: string | undefined = key;
  await deps.db.transaction().execute(async (tx) => {
    const locked = await lockAssessment(tx, assessmentId);
    if (locked === undefined || locked.logKey !== null) return;
    await saveAssessment(tx, { ...locked, logKey: key });
    await deleteChunks(tx, assessmentId);
    obsolete = undefined;
  });
  if (obsolete !== undefined) await deps.blobs.remove(obsolete);
}

/** Reads under the hold: a runner that lost its lease gets nothing. */
async function readHeld(deps: Pick<FileDeps, "db">, hold: JobHold): Promise<Assessment> {
  const found = await findHeldAssessment(deps.db, hold);
  await deps.db.transaction().execute(async (tx) => {
    const held = await lockAssessment(tx, found.id);
    if (held?.status !== "running" || (await lockHeldJob(tx, hold)) === undefined) throw leaseLost();
  });
  return found;
}

function missing(message: string): DomainError {
  return new DomainError("not_found", "file_missing", message);
}
