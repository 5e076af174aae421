import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Sealer } from "../../platform/sealing.ts";
import { teamMay } from "../access/index.ts";
import { findChangeRequest } from "../change-requests/index.ts";
import { findAlert } from "../alerts/index.ts";
import { newDelivery, queueDelivery } from "../deliveries/index.ts";
import type { Event } from "../events/index.ts";
import { findOrganization } from "../organizations/index.ts";
import { findRun } from "../runs/index.ts";
import { findWorkspace } from "../workspaces/index.ts";
import { alertMessage } from "./alert-message.ts";
import { assessmentMessage, type AssessmentResult } from "./assessment-message.ts";
import { changeRequestMessage } from "./change-request-message.ts";
import { channelMessage } from "./channel-message.ts";
import type { Message, MessagePlace } from "./message.ts";
import { runMessage } from "./run-message.ts";
import { targetOf, type NotificationConfiguration } from "./notification-configuration.ts";
import { listEnabledConfigurations } from "./notification-configuration-store.ts";
import { teamTriggers, triggersOf, type Trigger } from "./triggers.ts";

export interface NotifyEventDeps {
  readonly db: Db;
  readonly sealer: Sealer;
  readonly now: Clock;
  readonly wakeJobs: () => void;
  readonly publicUrl: () => string;
  /** Workspaces that an event concerns beyond the one it is about: who follows the channel, who runs the version. */
  readonly listWorkspacesConcerned: (event: Event) => Promise<readonly string[]>;
  /** An assessment and the one before it; undefined when there is no such assessment. */
  readonly findAssessmentResults: (
    assessmentId: string,
  ) => Promise<{ readonly latest: AssessmentResult; readonly prior: AssessmentResult | null } | undefined>;
}

/**
 * Writes one delivery, with its job, for every enabled configuration that asks for what the event is. Repeatable: one event
 * makes one delivery for a trigger of a configuration, however often it is handled. Speculative runs and workspaces that
 * run elsewhere are told about by nobody. Returns the number of new deliveries.
 */
export async function notifyEvent(deps: NotifyEventDeps, event: Event): Promise<number> {
  const fired = triggersOf(event);
  if (fired.length === 0) return 0;
  const concerned = event.workspaceId === null ? await deps.listWorkspacesConcerned(event) : [event.workspaceId];
  const enabled = await listEnabledConfigurations(deps.db, deps.sealer, {
    organizationId: event.organizationId,
    workspaceIds: concerned,
    teams: fired.some(isOfTeams),
  });
  const configurations = await whoseTeamsSee(
    deps.db,
    event,
    enabled.filter((configuration) => toldOf(fired, configuration).length > 0),
  );
  if (configurations.length === 0) return 0;
  const compose = await composer(deps, event);
  if (compose === undefined) return 0;

  const now = deps.now();
  const told = await deps.db.transaction().execute(async (tx) => {
    let inserted = 0;
    for (const configuration of configurations) {
      for (const trigger of toldOf(fired, configuration)) {
        const message = compose(trigger, configuration.id);
        if (message === undefined) continue;
        const delivery = newDelivery(
          {
            recipient: { kind: "configuration", id: configuration.id },
            alertId: typeof event.data["alertId"] === "string" ? event.data["alertId"] : null,
            trigger,
            message,
            target: targetOf(configuration),
          },
          now,
        );
        if (await queueDelivery(tx, delivery, event.id, now)) inserted++;
      }
    }
    return inserted;
  });
  if (told > 0) deps.wakeJobs();
  return told;
}

function isOfTeams(trigger: Trigger): boolean {
  return (teamTriggers as readonly string[]).includes(trigger);
}

/** Of those that are two spellings of the same only one. */
function toldOf(fired: readonly Trigger[], { triggers }: NotificationConfiguration): readonly Trigger[] {
  const chosen = fired.filter((trigger) => triggers.includes(trigger));
  return chosen.every(isOfTeams) ? chosen.slice(0, 1) : chosen;
}

/** A team is told of what happens in the workspaces that it may read. */
async function whoseTeamsSee(
  db: Db,
  { organizationId, projectId, workspaceId }: Event,
  configurations: readonly NotificationConfiguration[],
): Promise<NotificationConfiguration[]> {
  const teamIds = [...new Set(configurations.flatMap(({ teamId }) => teamId ?? []))];
  const seeing = new Set<string>();
  for (const teamId of teamIds) {
    if (await teamMay(db, teamId, "workspace:read", { organizationId, projectId, workspaceId })) seeing.add(teamId);
  }
  return configurations.filter(({ teamId }) => teamId === null || seeing.has(teamId));
}

type Compose = (trigger: Trigger, configurationId: string) => Message | undefined;

/** Reads what the messages about the event say. Undefined when what it is about is gone, or nobody is told of it. */
async function composer(deps: NotifyEventDeps, event: Event): Promise<Compose | undefined> {
  const { db } = deps;
  const links = { publicUrl: deps.publicUrl() };
  const organization = await findOrganization(db, event.organizationId);
  const workspace = event.workspaceId === null ? undefined : await findWorkspace(db, event.workspaceId);
  if (organization === undefined || (event.workspaceId !== null && workspace === undefined)) return undefined;
  const place = (configurationId: string): MessagePlace => ({
    organizationName: organization.name,
    workspace: workspace === undefined ? null : { id: workspace.id, name: workspace.name },
    configurationId,
  });

  if (event.kind.startsWith("run.")) {
    const run = await findRun(db, String(event.data["runId"]));
    if (run === undefined || run.planOnly || workspace?.executionMode === "local") return undefined;
    return (trigger, id) => runMessage(links, place(id), trigger, run, event);
  }
  if (event.kind.startsWith("alert.")) {
    const alert = await findAlert(db, String(event.data["alertId"]));
    return alert && ((trigger, id) => alertMessage(links, place(id), trigger, alert, event));
  }
  if (event.kind === "change_request.created") {
    const request = await findChangeRequest(db, String(event.data["changeRequestId"]));
    return request && ((trigger, id) => changeRequestMessage(links, place(id), trigger, request));
  }
  if (event.kind === "assessment.finished") {
    const results = await deps.findAssessmentResults(String(event.data["assessmentId"]));
    return (
      results &&
      ((trigger, id) =>
        tellsSomethingNew(trigger, results) ? assessmentMessage(links, place(id), trigger, results) : undefined)
    );
  }
  return (trigger, id) => channelMessage(links, place(id), trigger, event);
}

/** Drift and failing checks that were there before in the same number have been told. */
function tellsSomethingNew(
  trigger: Trigger,
  { latest, prior }: { readonly latest: AssessmentResult; readonly prior: AssessmentResult | null },
): boolean {
  if (prior === null || prior.succeeded !== latest.succeeded) return true;
  switch (trigger) {
    case "assessment:drifted":
      return latest.resourcesDrifted !== prior.resourcesDrifted;
    case "assessment:check_failure":
      return latest.checksFailed !== prior.checksFailed || latest.checksErrored !== prior.checksErrored;
    default:
      return latest.errorMessage !== prior.errorMessage;
  }
}
