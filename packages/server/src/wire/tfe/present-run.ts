import { may, type Actor } from "../../features/access/index.ts";
import {
  forceCancelAvailableAt,
  isCancelable,
  isConfirmable,
  isDiscardable,
  isForceCancelable,
  type Author,
  type Phase,
  type Run,
} from "../../features/runs/index.ts";
import { toRfc3339, type Millis } from "../../platform/clock.ts";
import { toMany, toOne, type Resource } from "./json-api.ts";

export interface RunPresentation {
  readonly run: Run;
  readonly phases: readonly Phase[];
  readonly actor: Actor;
  readonly now: Millis;
  /** 0 when it does not wait, or nobody asked. */
  readonly positionInQueue: number;
  readonly stageIds: readonly string[];
  readonly commentIds: readonly string[];
  readonly eventIds: readonly string[];
  readonly variables: readonly { readonly key: string; readonly value: string }[];
}

/**
 * A run as clients read it. `actions`, and the stubs of plan and apply, are dereferenced without a check, so they are always
 * there. `cost-estimate` is left out: a stub would make the client read it. Source: Terraform, internal/cloud.
 */
export function presentRun(presentation: RunPresentation): Resource {
  const { run, phases, actor, now, positionInQueue, variables } = presentation;
  const plan = phases.find((phase) => phase.kind === "plan");
  const apply = phases.find((phase) => phase.kind === "apply");
  const canApply = may(actor, "run:apply", run);
  const forceCancelAt = forceCancelAvailableAt(run);
  return {
    id: run.id,
    type: "runs",
    attributes: {
      status: run.status,
      "status-timestamps": statusTimestamps(run),
      message: run.message,
      source: run.source,
      "trigger-reason": run.cause?.kind ?? "manual",
      cause: run.cause,
      "triggering-source-name": causeText(run, "workspace_name"),
      "has-changes": run.hasChanges ?? false,
      "is-destroy": run.isDestroy,
      refresh: run.refresh,
      "refresh-only": run.refreshOnly,
      "plan-only": run.planOnly,
      "save-plan": run.savePlan,
      "auto-apply": run.autoApply,
      "allow-empty-apply": run.allowEmptyApply,
      "allow-config-generation": run.allowConfigGeneration,
      "debugging-mode": run.debuggingMode,
      "invoke-action-addrs": run.invokeAddrs,
      "policy-paths": run.policyPaths,
      "target-addrs": run.targetAddrs,
      "replace-addrs": run.replaceAddrs,
      // Clients tell "none" from "an empty list". Source: go-tfe, run_integration_test.go.
      variables,
      "terraform-version": run.engineVersion ?? plan?.engine?.version ?? null,
      "position-in-queue": positionInQueue,
      "error-message": run.errorMessage,
      "created-at": toRfc3339(run.createdAt),
      "updated-at": toRfc3339(run.updatedAt),
      ...(run.cancelRequestedAt === null ? {} : { "canceled-at": toRfc3339(run.cancelRequestedAt) }),
      ...(forceCancelAt === null ? {} : { "force-cancel-available-at": toRfc3339(forceCancelAt) }),
      actions: {
        "is-cancelable": isCancelable(run),
        // Only for whoever may do it: the command line asks no further before it prompts.
        "is-confirmable": isConfirmable(run) && canApply,
        "is-discardable": isDiscardable(run),
        "is-force-cancelable": isForceCancelable(run, now),
      },
      permissions: {
        "can-apply": canApply,
        "can-cancel": canApply,
        "can-comment": may(actor, "run:create", run),
        "can-discard": canApply,
        "can-force-execute": canApply,
        "can-force-cancel": may(actor, "run:force-cancel", run),
        "can-override-policy-check": may(actor, "run:override-policy", run),
      },
    },
    relationships: {
      workspace: toOne("workspaces", run.workspaceId),
      "configuration-version": toOne("configuration-versions", run.configurationVersionId),
      plan: toOne("plans", plan?.id ?? null),
      apply: toOne("applies", apply?.id ?? null),
      ...(run.createdById === null ? {} : { "created-by": toOne("users", run.createdById) }),
      ...(run.confirmedBy === null ? {} : { "confirmed-by": toOne("users", run.confirmedBy.id) }),
      ...(run.canceledBy === null ? {} : { "canceled-by": toOne("users", run.canceledBy.id) }),
      ...(run.triggeringRunId === null
        ? {}
        : {
            "triggering-run": toOne("runs", run.triggeringRunId),
            "triggering-source": toOne("workspaces", causeText(run, "workspace_id")),
          }),
      "task-stages": toMany("task-stages", presentation.stageIds),
      "policy-checks": toMany("policy-checks", []),
      "run-events": toMany("run-events", presentation.eventIds),
      comments: toMany("comments", presentation.commentIds),
    },
    links: { self: `/api/v2/runs/${run.id}` },
  };
}

function causeText(run: Run, key: string): string | null {
  const value = run.cause?.[key];
  return typeof value === "string" ? value : null;
}

/** Somebody by the name that they had then, with the little that is known of a name. */
export function presentAuthor(author: Author): Resource {
  return { id: author.id, type: "users", attributes: { username: author.name } };
}

function statusTimestamps(run: Run): Record<string, string> {
  const times = Object.entries(run.statusTimes).map(([status, at]): [string, string] => [
    `${status.replaceAll("_", "-")}-at`,
    toRfc3339(at),
  ]);
  if (run.forceCanceledAt !== null) times.push(["force-canceled-at", toRfc3339(run.forceCanceledAt)]);
  return Object.fromEntries(times);
}

export interface PhaseParts {
  readonly logReadUrl: string;
  /** Whose agent does it. */
  readonly pool: { readonly id: string; readonly name: string } | undefined;
}

/** The log's address is there from the first read on: without it the command line gives up. */
export function presentPhase(phase: Phase, { logReadUrl, pool }: PhaseParts): Resource {
  const times = { queued: phase.queuedAt, started: phase.startedAt, [phase.status]: phase.endedAt };
  return {
    id: phase.id,
    type: phase.kind === "plan" ? "plans" : "applies",
    attributes: {
      status: phase.status,
      "log-read-url": logReadUrl,
      ...(phase.kind === "plan"
        ? { "has-changes": phase.hasChanges ?? false, "generated-configuration": phase.generatedConfiguration }
        : {}),
      "resource-additions": phase.counts?.additions ?? null,
      "resource-changes": phase.counts?.changes ?? null,
      "resource-destructions": phase.counts?.destructions ?? null,
      "resource-imports": phase.counts?.imports ?? null,
      "execution-details": {
        mode: phase.agentId === null ? "remote" : "agent",
        runner: phase.runnerName,
        engine: phase.engine,
        ...(phase.agentId === null ? {} : { "agent-id": phase.agentId, "agent-name": phase.runnerName }),
        ...(pool === undefined ? {} : { "agent-pool-id": pool.id, "agent-pool-name": pool.name }),
      },
      "status-timestamps": Object.fromEntries(
        Object.entries(times).flatMap(([name, at]) => (at === null ? [] : [[`${name}-at`, toRfc3339(at)]])),
      ),
    },
    relationships: { "state-versions": toMany("state-versions", []) },
  };
}
