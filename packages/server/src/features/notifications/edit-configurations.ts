import type { Db, Tx } from "../../db/database.ts";
import type { Clock, Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { newExternalId } from "../../platform/ids.ts";
import type { Sealer } from "../../platform/sealing.ts";
import { actingIn, canSee, isIn, may, projectScope, type Actor } from "../access/index.ts";
import {
  afterAttempt,
  insertDelivery,
  listDeliveries,
  listLastAttempts,
  newDelivery,
  type Delivery,
} from "../deliveries/index.ts";
import { findMembershipOf } from "../memberships/index.ts";
import { findProjectByExternalId } from "../projects/index.ts";
import { findWorkspace, visibleWorkspace } from "../workspaces/index.ts";
import { verificationMessage } from "./verification-message.ts";
import {
  checkConfiguration,
  configurationNotFound,
  targetOf,
  type Destination,
  type NotificationConfiguration,
} from "./notification-configuration.ts";
import {
  countConfigurationsOf,
  deleteConfigurationRow,
  findConfiguration,
  insertConfiguration,
  findTeamPlace,
  listConfigurationRows,
  type NotificationPlace,
  updateConfigurationRow,
} from "./notification-configuration-store.ts";
import { emailAddressesOf, noMailer, sendMessage, type SendDeps } from "./send-message.ts";

export interface NotificationDeps extends SendDeps {
  readonly db: Db;
  readonly sealer: Sealer;
  readonly now: Clock;
}

export interface NewConfiguration {
  readonly name: string;
  readonly destination: Destination;
  readonly url: string | null;
  readonly token: string | null;
  readonly emailAddresses: readonly string[];
  readonly userIds: readonly string[];
  readonly triggers: readonly string[];
  readonly enabled: boolean;
}

/** The destination of a configuration stays what it is. */
export type ConfigurationChange = Partial<Omit<NewConfiguration, "destination">>;

/** A configuration with the newest delivery that was tried. */
export interface ConfigurationView {
  readonly configuration: NotificationConfiguration;
  /** Where it goes, as far as everybody may know. */
  readonly target: string;
  readonly lastAttempt: Delivery | null;
}

// Of one workspace, project or team, or of the organization. Source: HCP Terraform API, at most 20 a workspace.
const configurationsMax = 20;

/** What a configuration is, or a list of them are, about; a project as clients know it, `prj-…`. */
export type ConfigurationPlace =
  { readonly workspaceId: string } | { readonly projectId: string } | { readonly teamId: string };

/** In the order of their ids; without a place everything that the caller may see of the organization. Errors: not_found/… */
export async function listConfigurations(
  deps: NotificationDeps,
  actor: Actor,
  page: { readonly place?: ConfigurationPlace; readonly after?: string; readonly limit: number },
): Promise<ConfigurationView[]> {
  const { place, ...rest } = page;
  const found = place === undefined ? undefined : await findPlace(deps, actor, place);
  const there = found === undefined ? actor : actingIn(actor, found.organizationId);
  const configurations = await listConfigurationRows(deps.db, deps.sealer, {
    organizationId: there.organizationId,
    projects: projectScope(there),
    ...rest,
    ...(found === undefined ? {} : { place: found.place }),
  });
  const attempts = await listLastAttempts(
    deps.db,
    "configuration",
    configurations.map((one) => one.id),
  );
  return configurations.map((configuration) => viewOf(configuration, attempts.get(configuration.id)));
}

/** Errors: not_found/notification_configuration_not_found. */
export async function getConfiguration(deps: NotificationDeps, actor: Actor, id: string): Promise<ConfigurationView> {
  const configuration = await visibleConfiguration(deps, actor, id);
  const attempts = await listLastAttempts(deps.db, "configuration", [id]);
  return viewOf(configuration, attempts.get(id));
}

/** Newest first. Errors: not_found/notification_configuration_not_found. */
export async function listConfigurationDeliveries(
  deps: NotificationDeps,
  actor: Actor,
  id: string,
  page: { readonly after?: string; readonly limit: number },
): Promise<Delivery[]> {
  await visibleConfiguration(deps, actor, id);
  return listDeliveries(deps.db, { recipient: { kind: "configuration", id }, ...page });
}

/**
 * Makes a configuration, of a workspace, a project, a team or (null) the organization. One that is enabled is tried out first,
 * and not made when the receiver does not take the message; e-mail that reaches nobody yet is not tried. Errors: invalid/notification_*, invalid/verification_failed,
 * invalid/outbound_refused, invalid/no_mail_server, not_found/workspace_not_found, forbidden/organization_wide.
 */
export async function createConfiguration(
  deps: NotificationDeps,
  actor: Actor,
  at: ConfigurationPlace | null,
  input: NewConfiguration,
): Promise<ConfigurationView> {
  const now = deps.now();
  const found = at === null ? undefined : await findPlace(deps, actor, at);
  if (found === undefined) checkOrganizationWide(actor, actor.organizationId);
  const configuration: NotificationConfiguration = {
    ...input,
    id: newExternalId("nc"),
    ...(found?.scope ?? { scope: "organization", ...nowhere }),
    organizationId: found?.organizationId ?? actor.organizationId,
    revision: 1,
    createdAt: now,
    updatedAt: now,
  };
  await check(deps, configuration);
  const attempt = configuration.enabled ? await verified(deps, configuration, now) : null;
  await deps.db.transaction().execute(async (tx) => {
    if ((await countConfigurationsOf(tx, configuration)) >= configurationsMax) {
      throw new DomainError(
        "invalid",
        "notification_count",
        `There are ${configurationsMax} notification configurations already. Delete one, or give one more triggers.`,
      );
    }
    await insertConfiguration(tx, deps.sealer, configuration);
    if (attempt !== null) await insertDelivery(tx, attempt, null);
  });
  return viewOf(configuration, attempt);
}

/**
 * Changes what is given. One that is, or becomes, enabled is tried out first when it is enabled by this change or when its
 * receiver changes. Errors: as for creating, not_found/notification_configuration_not_found, conflict/changed_meanwhile.
 */
export async function updateConfiguration(
  deps: NotificationDeps,
  actor: Actor,
  id: string,
  change: ConfigurationChange,
): Promise<ConfigurationView> {
  const now = deps.now();
  const before = await visibleConfiguration(deps, actor, id);
  if (before.projectId === null) checkOrganizationWide(actor, before.organizationId);
  const next = { ...before, ...change, revision: before.revision + 1, updatedAt: now };
  await check(deps, next);
  const mustTry = next.enabled && (change.enabled === true || reaches(before) !== reaches(next));
  const attempt = mustTry ? await verified(deps, next, now) : null;
  await deps.db.transaction().execute(async (tx) => {
    if (!(await updateConfigurationRow(tx, deps.sealer, next))) {
      throw new DomainError(
        "conflict",
        "changed_meanwhile",
        "Somebody else has changed this notification configuration. Read it again.",
      );
    }
    if (attempt !== null) await insertDelivery(tx, attempt, null);
  });
  return getConfiguration(deps, actor, id);
}

/** Sends a verification now. Errors: invalid/verification_failed, which is in the history too, and as for reading. */
export async function verifyConfiguration(
  deps: NotificationDeps,
  actor: Actor,
  id: string,
): Promise<ConfigurationView> {
  const configuration = await visibleConfiguration(deps, actor, id);
  if (configuration.projectId === null) checkOrganizationWide(actor, configuration.organizationId);
  const attempt = await tryOut(deps, configuration, deps.now());
  await deps.db.transaction().execute((tx) => insertVerification(tx, deps, attempt));
  if (attempt.state !== "delivered") throw verificationFailed(attempt);
  return viewOf(configuration, attempt);
}

/** Its deliveries go with it. Errors: not_found/notification_configuration_not_found. */
export async function deleteConfiguration(deps: NotificationDeps, actor: Actor, id: string): Promise<void> {
  const configuration = await visibleConfiguration(deps, actor, id);
  if (configuration.projectId === null) checkOrganizationWide(actor, configuration.organizationId);
  await deleteConfigurationRow(deps.db, id);
}

function viewOf(configuration: NotificationConfiguration, lastAttempt: Delivery | null | undefined): ConfigurationView {
  return { configuration, target: targetOf(configuration), lastAttempt: lastAttempt ?? null };
}

async function visibleConfiguration(
  deps: NotificationDeps,
  actor: Actor,
  id: string,
): Promise<NotificationConfiguration> {
  const configuration = await findConfiguration(deps.db, deps.sealer, id);
  if (configuration === undefined) throw configurationNotFound();
  const { organizationId, projectId, workspaceId, scope } = configuration;
  const visible =
    projectId !== null
      ? canSee(actor, { organizationId, projectId, workspaceId })
      : scope === "team"
        ? may(actor, "notification:read", { organizationId })
        : seesOrganizationWide(actor, organizationId);
  if (!visible) throw configurationNotFound();
  return configuration;
}

const nowhere = { workspaceId: null, projectId: null, projectExternalId: null, teamId: null, workspaceName: null };

interface FoundPlace {
  readonly organizationId: string;
  readonly place: NotificationPlace;
  readonly scope: Pick<
    NotificationConfiguration,
    "scope" | "workspaceId" | "projectId" | "projectExternalId" | "teamId" | "workspaceName"
  >;
}

/** Errors: not_found/workspace_not_found, not_found/project_not_found, not_found/team_not_found, forbidden/role_too_low. */
async function findPlace(deps: NotificationDeps, actor: Actor, at: ConfigurationPlace): Promise<FoundPlace> {
  if ("workspaceId" in at) {
    const workspace = visibleWorkspace(actor, await findWorkspace(deps.db, at.workspaceId));
    const { id, organizationId, projectId, name } = workspace;
    const scope = { ...nowhere, scope: "workspace", workspaceId: id, projectId, workspaceName: name } as const;
    return { organizationId, place: { workspaceId: id }, scope };
  }
  if ("projectId" in at) {
    const project = await findProjectByExternalId(deps.db, at.projectId);
    if (project === undefined || !canSee(actor, { organizationId: project.organizationId, projectId: project.id })) {
      throw new DomainError("not_found", "project_not_found", "There is no such project, or you may not see it.");
    }
    const { id, organizationId, externalId } = project;
    const scope = { ...nowhere, scope: "project", projectId: id, projectExternalId: externalId } as const;
    return { organizationId, place: { projectId: id }, scope };
  }
  const team = await findTeamPlace(deps.db, at.teamId);
  if (team === undefined || !canSee(actor, { organizationId: team.organizationId })) {
    throw new DomainError("not_found", "team_not_found", "There is no such team, or you may not see it.");
  }
  const scope = { ...nowhere, scope: "team", teamId: team.id } as const;
  return { organizationId: team.organizationId, place: { teamId: team.id }, scope };
}

/** Whoever is told of a project is told of its organization. */
function seesOrganizationWide(actor: Actor, organizationId: string): boolean {
  return (
    isIn(actor, organizationId) && projectScope(actingIn(actor, organizationId), "notification:read")?.length !== 0
  );
}

/** Somebody of one project must not be told of all the others. */
function checkOrganizationWide(actor: Actor, organizationId: string): void {
  if (may(actor, "notification:write", { organizationId })) return;
  throw new DomainError(
    "forbidden",
    "organization_wide",
    "Notifications of the whole organization are up to those who may see all of its projects.",
  );
}

async function check(deps: NotificationDeps, configuration: NotificationConfiguration): Promise<void> {
  checkConfiguration(configuration);
  if (configuration.url !== null) deps.outbound.check(configuration.url);
  if (configuration.destination === "email" && configuration.enabled && deps.mailer === undefined) throw noMailer();
  for (const id of configuration.userIds) {
    // Also one who is invited: mail goes out once it has accepted. Source: go-tfe, TestNotificationConfigurationCreate.
    if ((await findMembershipOf(deps.db, configuration.organizationId, id)) === undefined) {
      throw new DomainError("invalid", "notification_users", `There is no user ${id.slice(0, 60)}.`);
    }
  }
}

function reaches({ url, token, emailAddresses, userIds }: NotificationConfiguration): string {
  return JSON.stringify([url, token, emailAddresses, userIds]);
}

/** E-mail to people who have not accepted their invitation, or to nobody: there is nothing to try out. */
async function hasNoReceiverYet(db: Db, configuration: NotificationConfiguration): Promise<boolean> {
  return configuration.destination === "email" && (await emailAddressesOf(db, configuration)).length === 0;
}

async function verified(
  deps: NotificationDeps,
  configuration: NotificationConfiguration,
  now: Millis,
): Promise<Delivery | null> {
  if (await hasNoReceiverYet(deps.db, configuration)) return null;
  const attempt = await tryOut(deps, configuration, now);
  if (attempt.state !== "delivered") throw verificationFailed(attempt);
  return attempt;
}

/** One attempt, without another later: whoever asked waits for the answer. */
async function tryOut(
  deps: NotificationDeps,
  configuration: NotificationConfiguration,
  now: Millis,
): Promise<Delivery> {
  const message = verificationMessage(configuration);
  const delivery = newDelivery(
    {
      recipient: { kind: "configuration", id: configuration.id },
      alertId: null,
      trigger: message.trigger,
      message,
      target: targetOf(configuration),
    },
    now,
  );
  const attempt = await sendMessage(deps, configuration, message, delivery.id);
  return afterAttempt(delivery, { ...attempt, worthRetrying: false }, deps.now(), Math.random);
}

async function insertVerification(tx: Tx, deps: NotificationDeps, attempt: Delivery): Promise<void> {
  // It may have been deleted while the receiver thought about it.
  if ((await findConfiguration(tx, deps.sealer, attempt.recipient.id)) === undefined) throw configurationNotFound();
  await insertDelivery(tx, attempt, null);
}

function verificationFailed(attempt: Delivery): DomainError {
  return new DomainError(
    "invalid",
    "verification_failed",
    `The verification was not delivered. ${attempt.error ?? ""} Nothing was sent or changed otherwise.`,
  );
}
