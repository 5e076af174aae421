import { createHmac, timingSafeEqual } from "node:crypto";
import { Type, type Static } from "typebox";
import { Value } from "typebox/value";
import { enqueueJob } from "../../jobs/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { newUlid } from "../../platform/ids.ts";
import { checkHost } from "./allowed-hosts.ts";
import type { RunTaskDeps } from "./edit-run-task.ts";
import { runTaskNotFound } from "./run-task.ts";
import { findRunTaskByApiId, insertCall } from "./run-task-store.ts";

/** The job that answers a call. */
export const answerRunTaskJob = "answer-run-task";

export interface AnswerRunTask {
  readonly callId: string;
}

export interface ReceiveCallDeps extends RunTaskDeps {
  readonly wakeJobs: () => void;
  /** Whom an answer may be sent to, as `host` or `host:port`. */
  readonly hosts: readonly string[];
}

// Source: HCP Terraform, run tasks integration, request body; only what is used.
const Body = Type.Object({
  access_token: Type.String({ minLength: 1, maxLength: 8192 }),
  stage: Type.String({ maxLength: 100 }),
  task_result_id: Type.String({ minLength: 1, maxLength: 255 }),
  task_result_callback_url: Type.String({ minLength: 1, maxLength: 4096 }),
  plan_json_api_url: Type.Optional(Type.Union([Type.String({ maxLength: 4096 }), Type.Null()])),
  capabilities: Type.Optional(
    Type.Union([Type.Object({ outcomes: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])) }), Type.Null()]),
  ),
});

// What a service sends when somebody sets the task up. Source: terraform-run-task-scaffolding-go, internal/sdk/api.
const trialToken = "test-token";

/**
 * Takes a call in; it is answered later. One that comes again is answered once. A trial is not answered at all. Errors:
 * not_found/run_task_not_found, unauthenticated/run_task_signature, invalid/run_task_call, invalid/run_task_host.
 */
export async function receiveRunTaskCall(
  deps: ReceiveCallDeps,
  request: { readonly apiId: string; readonly signature: string | undefined; readonly body: Buffer },
): Promise<void> {
  const runTask = await findRunTaskByApiId(deps.db, deps.sealer, request.apiId);
  if (runTask === undefined) throw runTaskNotFound();
  checkSignature(runTask.hmacKey, request);
  const body = parseBody(request.body);
  if (body.access_token === trialToken) return;
  checkHost(body.task_result_callback_url, deps.hosts);
  const planJsonUrl = body.plan_json_api_url || null;
  if (planJsonUrl !== null) checkHost(planJsonUrl, deps.hosts);
  const now = deps.now();
  await deps.db.transaction().execute(async (tx) => {
    const call = {
      id: newUlid(),
      projectId: runTask.projectId,
      taskResultId: body.task_result_id,
      stage: body.stage,
      callbackUrl: body.task_result_callback_url,
      planJsonUrl,
      takesOutcomes: body.capabilities?.outcomes === true,
      accessToken: body.access_token,
      createdAt: now,
      answeredAt: null,
    };
    if (!(await insertCall(tx, deps.sealer, call))) return;
    const payload: AnswerRunTask = { callId: call.id };
    await enqueueJob(tx, { kind: answerRunTaskJob, payload, uniqueKey: call.id }, now);
  });
  deps.wakeJobs();
}

/** HMAC-SHA512 of the body as it came, in hexadecimal. Source: terraform-run-task-scaffolding-go, internal/sdk/handler. */
function checkSignature(
  key: string,
  { signature, body }: { readonly signature: string | undefined; readonly body: Buffer },
): void {
  const expected = createHmac("sha512", key).update(body).digest();
  const given = Buffer.from(/^[0-9a-f]{128}$/i.test(signature ?? "") ? (signature ?? "") : "", "hex");
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  throw new DomainError(
    "unauthenticated",
    "run_task_signature",
    "The signature of the request is missing or wrong. Give the run task the HMAC key that this registry shows.",
  );
}

function parseBody(bytes: Buffer): Static<typeof Body> {
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString("utf8"));
  } catch {
    body = undefined;
  }
  if (Value.Check(Body, body) && !JSON.stringify(body).includes("\\u0000")) return body;
  const [first] = Value.Errors(Body, body);
  throw new DomainError(
    "invalid",
    "run_task_call",
    `This is not the call of a run task: ${first === undefined ? "it has a NUL character" : `${first.instancePath || "the body"} ${first.message}`}.`,
  );
}
