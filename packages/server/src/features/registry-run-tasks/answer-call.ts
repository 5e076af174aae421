import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Logger } from "../../platform/logger.ts";
import type { OutboundClient } from "../../platform/outbound/index.ts";
import type { Sealer } from "../../platform/sealing.ts";
import { listPlannedImages, type TrackedImage } from "../image-uses/index.ts";
import { checkHost } from "./allowed-hosts.ts";
import { fetchPlan } from "./fetch-plan.ts";
import { judgeImages, type Judgement, type Outcome } from "./judge-images.ts";
import type { RunTaskCall } from "./run-task.ts";
import { findCall, findRunTask, markAnswered } from "./run-task-store.ts";

export interface AnswerCallDeps {
  readonly db: Db;
  readonly sealer: Sealer;
  readonly now: Clock;
  readonly logger: Logger;
  readonly outbound: OutboundClient;
  readonly hosts: readonly string[];
  /** Where people look for more. */
  readonly registryUrl: () => string;
  readonly findTrackedImages: (
    projectId: string,
    identifiers: readonly string[],
  ) => Promise<ReadonlyMap<string, TrackedImage>>;
  /** The newest version of a bucket that is complete and not revoked. */
  readonly findReplacement: (bucketId: string) => Promise<{ readonly versionName: string } | undefined>;
}

type OpenCall = RunTaskCall & { readonly accessToken: string };

/**
 * Looks at the plan of a call and tells the service what it found. Repeatable: a call that is answered is not answered
 * again. Throws when another attempt could end otherwise; the last one answers that the plan could not be checked, since
 * an unknown answer is never a good one.
 */
export async function answerRunTaskCall(
  deps: AnswerCallDeps,
  callId: string,
  attempt: { readonly isLast: boolean },
): Promise<void> {
  const call = await findCall(deps.db, deps.sealer, callId);
  if (call?.accessToken == null) return;
  const open: OpenCall = { ...call, accessToken: call.accessToken };
  if (!(await report(deps, open, { status: "running", message: "The images of the plan are being checked." }))) return;
  const judgement = await judge(deps, open, attempt);
  if (await report(deps, open, judgement)) await markAnswered(deps.db, call.id, deps.now());
}

async function judge(deps: AnswerCallDeps, call: OpenCall, attempt: { readonly isLast: boolean }): Promise<Judgement> {
  if (call.planJsonUrl === null) {
    return { status: "passed", message: "There is no plan at this stage, so no image was checked.", outcomes: [] };
  }
  try {
    const plan = await fetchPlan(deps.outbound, deps.hosts, { url: call.planJsonUrl, accessToken: call.accessToken });
    if (typeof plan !== "object" || plan === null || !("format_version" in plan)) {
      return unchecked("what the service showed is not the JSON form of a plan.");
    }
    const runTask = await findRunTask(deps.db, deps.sealer, call.projectId);
    const findTrackedImages = (identifiers: readonly string[]) => deps.findTrackedImages(call.projectId, identifiers);
    const images = await listPlannedImages({ findTrackedImages, findReplacement: deps.findReplacement }, plan);
    return judgeImages(images, { onUntrackedImage: runTask?.onUntrackedImage ?? "unset", now: deps.now() });
  } catch (error) {
    if (!(error instanceof DomainError) || (error.kind === "unavailable" && !attempt.isLast)) throw error;
    return unchecked(error.message);
  }
}

function unchecked(why: string): Judgement {
  return { status: "failed", message: `The images of the plan could not be checked: ${why}`, outcomes: [] };
}

type Report = { readonly status: "running"; readonly message: string } | Judgement;

/**
 * False when the service wants no answer any more, and then the call is closed. Errors: unavailable/callback_failed when
 * another attempt could end otherwise.
 */
async function report(deps: AnswerCallDeps, call: OpenCall, content: Report): Promise<boolean> {
  const { status } = await deps.outbound.send({
    method: "PATCH",
    url: checkHost(call.callbackUrl, deps.hosts).href,
    headers: {
      authorization: `Bearer ${call.accessToken}`,
      "content-type": "application/vnd.api+json",
      "user-agent": "Ingot",
    },
    body: JSON.stringify(presentReport(content, { url: deps.registryUrl(), withOutcomes: call.takesOutcomes })),
  });
  if (status >= 200 && status < 300) return true;
  if (status >= 500 || status === 429) {
    throw new DomainError("unavailable", "callback_failed", `The callback was answered with status ${status}.`);
  }
  // The run was discarded, the token has ended, or somebody has answered already: nothing will change that.
  deps.logger.warn({ call: call.id, status }, "a run task was not let answer");
  await markAnswered(deps.db, call.id, deps.now());
  return false;
}

// Source: HCP Terraform, run tasks integration, callback: the limits of its fields.
const messageCharactersMax = 1000;
const outcomesMax = 250;
const descriptionCharactersMax = 1000;
const tagCharactersMax = 32;

function presentReport(content: Report, options: { readonly url: string; readonly withOutcomes: boolean }): object {
  const outcomes = "outcomes" in content && options.withOutcomes ? content.outcomes.slice(0, outcomesMax) : [];
  return {
    data: {
      type: "task-results",
      attributes: {
        status: content.status,
        message: content.message.slice(0, messageCharactersMax),
        url: options.url,
      },
      ...(outcomes.length === 0
        ? {}
        : { relationships: { outcomes: { data: outcomes.map((one, i) => presentOutcome(one, i, options.url)) } } }),
    },
  };
}

function presentOutcome(outcome: Outcome, index: number, url: string): object {
  const lines = [
    `# ${outcome.resource}`,
    outcome.description,
    `* Attribute: \`${outcome.attribute}\``,
    ...(outcome.identifier === "" ? [] : [`* Image: \`${outcome.identifier}\``]),
    ...(outcome.version === null ? [] : [`* Version: ${outcome.version}`]),
  ];
  return {
    type: "task-result-outcomes",
    attributes: {
      "outcome-id": `image-${index + 1}`,
      description: outcome.description.slice(0, descriptionCharactersMax),
      body: lines.join("\n\n"),
      url,
      tags: {
        Status: [{ label: outcome.label, level: outcome.level }],
        ...(outcome.version === null ? {} : { Version: [{ label: outcome.version.slice(-tagCharactersMax) }] }),
      },
    },
  };
}
