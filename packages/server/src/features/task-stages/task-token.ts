import type { Db } from "../../db/database.ts";
import type { Sealer } from "../../platform/sealing.ts";
import type { UrlSigner } from "../../platform/url-signer.ts";
import { findRun, findStage, isStageOver, type Run } from "../runs/index.ts";
import { findResult } from "./task-result-store.ts";
import { answerWithinMs, isResultOver, type TaskResult } from "./task-result.ts";

const purpose = "tfe.task-result";

/** What a service that is called authenticates with: for this result alone, for as long as it may take. */
export async function signTaskToken(signer: UrlSigner, resultId: string): Promise<string> {
  return signer.sign(purpose, resultId, answerWithinMs);
}

/**
 * The result that a token is for, with its run. Undefined when it is none, or has ended. `isOpen`: the result awaits an
 * answer; without it the token is of no more use than to be told so.
 */
export async function readTaskToken(
  deps: { readonly db: Db; readonly sealer: Sealer; readonly signer: UrlSigner },
  token: string,
): Promise<{ readonly result: TaskResult; readonly run: Run; readonly isOpen: boolean } | undefined> {
  // Other tokens are not signed texts: most are told apart without any cryptography.
  if (!/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return undefined;
  const resultId = await deps.signer.verify(purpose, token).catch(() => undefined);
  const result = resultId === undefined ? undefined : await findResult(deps.db, deps.sealer, resultId);
  const stage = result && (await findStage(deps.db, result.stageId));
  const run = stage && (await findRun(deps.db, stage.runId));
  if (result === undefined || stage === undefined || run === undefined) return undefined;
  return { result, run, isOpen: !isResultOver(result.status) && !isStageOver(stage.status) };
}
