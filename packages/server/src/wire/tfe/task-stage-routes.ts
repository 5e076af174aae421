import { Type, type Static } from "typebox";
import { findRun, findStage, getRun, listStages, type Run, type TaskStage } from "../../features/runs/index.ts";
import {
  AnswerBody,
  answerTask,
  findOutcome,
  findResult,
  getStage,
  overrideStage,
  pageOutcomes,
  readAnswer,
  taskResultNotFound,
  type TaskResult,
} from "../../features/task-stages/index.ts";
import { findWorkspace } from "../../features/workspaces/index.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import { document, includes, maybe, pageDocument, pageOf, param, type Resource } from "./json-api.ts";
import { presentOutcome } from "./present-task-stage.ts";
import { overridable } from "./run-included.ts";
import { loadRunResources } from "./run-resources.ts";
import { loadResults, loadStages } from "./task-stage-resources.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import { loadWorkspaces } from "./workspace-resources.ts";

const CommentBody = Type.Optional(
  Type.Union([Type.Object({ comment: maybe(Type.String({ maxLength: 10_000 })) }), Type.Null()]),
);
// Findings with long texts.
const answerBytesMax = 16 * 1024 * 1024;

/** Task stages of runs, and what run tasks say in them. Source: go-tfe task_stages.go, task_result.go. */
export function taskStageRoutes(deps: TfeDeps): Route[] {
  const stageReply = async (call: Call, stage: TaskStage, run: Run): Promise<Reply> => {
    const { resources, included } = await loadStages(deps, [stage], {
      wanted: includes(call),
      mayOverride: overridable(call, [run]),
    });
    return document(resources[0] as Resource, [...included, ...(await runIncluded(deps, call, run))]);
  };
  return [
    {
      method: "GET",
      path: "/runs/:run_id/task-stages",
      needs: "run:read",
      audit: "task-stage.list",
      handle: async (call) => {
        const run = await getRun(deps.db, call.actor, param(call, "run_id"));
        const page = pageOf(call);
        const stages = await listStages(deps.db, [run.id]);
        const { resources, included } = await loadStages(deps, stages, {
          wanted: includes(call),
          mayOverride: overridable(call, [run]),
        });
        const from = (page.number - 1) * page.size;
        const items = resources.slice(from, from + page.size);
        return pageDocument(page, { items, total: resources.length }, (stage) => stage, included);
      },
    },
    {
      method: "GET",
      path: "/task-stages/:task_stage_id",
      needs: "run:read",
      audit: "task-stage.read",
      handle: async (call) => {
        const { stage, run } = await getStage(deps, call.actor, param(call, "task_stage_id"));
        return stageReply(call, stage, run);
      },
    },
    {
      method: "POST",
      path: "/task-stages/:task_stage_id/actions/override",
      needs: "run:override-policy",
      audit: "task-stage.override",
      body: CommentBody,
      handle: async (call) => {
        const id = param(call, "task_stage_id");
        const comment = (call.body as { comment?: string | null } | null | undefined)?.comment ?? null;
        const stage = await overrideStage(deps, call.actor, id, comment);
        const { run } = await getStage(deps, call.actor, id);
        return stageReply(call, stage, run);
      },
    },
    ...resultRoutes(deps),
  ];
}

function resultRoutes(deps: TfeDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/task-results/:task_result_id",
      needs: "run:read",
      audit: "task-result.read",
      handle: async (call) => {
        const { result, stage } = await visibleResult(deps, call, param(call, "task_result_id"));
        return document((await loadResults(deps, [result], stage))[0] as Resource);
      },
    },
    {
      method: "GET",
      path: "/task-results/:task_result_id/outcomes",
      needs: "run:read",
      audit: "task-result.list-outcomes",
      handle: async (call) => {
        const { result } = await visibleResult(deps, call, param(call, "task_result_id"));
        const page = pageOf(call);
        return pageDocument(page, await pageOutcomes(deps.db, result.id, page), presentOutcome);
      },
    },
    {
      method: "GET",
      path: "/task-result-outcomes/:outcome_id",
      needs: "run:read",
      audit: "task-result.read-outcome",
      handle: async (call) => document(presentOutcome(await visibleOutcome(deps, call))),
    },
    {
      method: "GET",
      path: "/task-result-outcomes/:outcome_id/body",
      needs: "run:read",
      audit: "task-result.read-outcome-body",
      handle: async (call) => {
        const { body } = await visibleOutcome(deps, call);
        // Markdown of a stranger: never as a page.
        return { status: 200, body: body ?? "", contentType: "text/plain; charset=utf-8" };
      },
    },
    {
      method: "PATCH",
      path: "/task-results/:callback_id/callback",
      needs: "task:answer",
      audit: "task-result.answer",
      body: AnswerBody,
      bodyBytesMax: answerBytesMax,
      handle: async (call) => {
        // The credential opens no path but the one of its own result.
        const held = await findResult(deps.db, deps.sealer, call.actor.id);
        if (held === undefined || held.callbackId !== param(call, "callback_id")) throw taskResultNotFound();
        const result = await answerTask(deps, held, readAnswer(call.body as Static<typeof AnswerBody>));
        const stage = await findStage(deps.db, result.stageId);
        if (stage === undefined) throw taskResultNotFound();
        return document((await loadResults(deps, [result], stage))[0] as Resource);
      },
    },
  ];
}

async function visibleResult(
  deps: TfeDeps,
  call: Call,
  id: string,
): Promise<{ readonly result: TaskResult; readonly stage: TaskStage }> {
  const result = await findResult(deps.db, deps.sealer, id);
  const seen = result && (await getStage(deps, call.actor, result.stageId).catch(() => undefined));
  if (result === undefined || seen === undefined) throw taskResultNotFound();
  return { result, stage: seen.stage };
}

async function visibleOutcome(deps: TfeDeps, call: Call) {
  const outcome = await findOutcome(deps.db, param(call, "outcome_id"));
  if (outcome === undefined) throw taskResultNotFound();
  await visibleResult(deps, call, outcome.resultId);
  return outcome;
}

async function runIncluded(deps: TfeDeps, call: Call, run: Run): Promise<Resource[]> {
  const wanted = includes(call);
  const included: Resource[] = [];
  if (wanted.has("run") || wanted.has("run.workspace")) {
    const now = await findRun(deps.db, run.id);
    included.push(...(await loadRunResources(deps, call.actor, now === undefined ? [] : [now])));
  }
  if (wanted.has("run.workspace")) {
    const workspace = await findWorkspace(deps.db, run.workspaceId);
    if (workspace !== undefined) included.push(...(await loadWorkspaces(deps.db, [workspace], call.actor)));
  }
  return included;
}
