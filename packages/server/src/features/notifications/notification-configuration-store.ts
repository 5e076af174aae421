import type { ProjectScope } from "../access/index.ts";
import { inProjectsOrNone } from "../../db/in-projects.ts";
import type { Selectable } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import type { NotificationConfigurations } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { openText, sealText, type Sealer } from "../../platform/sealing.ts";
import type { Destination, NotificationConfiguration } from "./notification-configuration.ts";

type Row = Selectable<NotificationConfigurations> & {
  readonly workspace_name: string | null;
  readonly project_id: string | null;
};

function toConfiguration(sealer: Sealer, row: Row): NotificationConfiguration {
  const open = (sealed: string | null, what: string): string | null =>
    sealed === null ? null : openText(sealer, sealed, contextOf(row.id, what));
  return {
    id: row.id,
    organizationId: row.organization_id,
    workspaceId: row.workspace_id,
    projectId: row.project_id,
    workspaceName: row.workspace_name,
    name: row.name,
    destination: row.destination as Destination,
    url: open(row.sealed_url, "url"),
    token: open(row.sealed_token, "token"),
    emailAddresses: JSON.parse(row.email_addresses) as string[],
    userIds: JSON.parse(row.user_ids) as string[],
    triggers: JSON.parse(row.triggers) as string[],
    enabled: row.enabled === 1,
    revision: row.revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function contextOf(id: string, what: string): string {
  return `notification-${what}:${id}`;
}

function toColumns(sealer: Sealer, configuration: NotificationConfiguration) {
  const seal = (plain: string | null, what: string): string | null =>
    plain === null ? null : sealText(sealer, plain, contextOf(configuration.id, what));
  return {
    name: configuration.name,
    sealed_url: seal(configuration.url, "url"),
    sealed_token: seal(configuration.token, "token"),
    email_addresses: JSON.stringify(configuration.emailAddresses),
    user_ids: JSON.stringify(configuration.userIds),
    triggers: JSON.stringify(configuration.triggers),
    enabled: configuration.enabled ? 1 : 0,
    revision: configuration.revision,
    updated_at: configuration.updatedAt,
  };
}

function selectConfigurations(db: Db) {
  return db
    .selectFrom("notification_configurations as n")
    .leftJoin("workspaces as w", "w.id", "n.workspace_id")
    .selectAll("n")
    .select(["w.name as workspace_name", "w.project_id"]);
}

export async function insertConfiguration(
  tx: Tx,
  sealer: Sealer,
  configuration: NotificationConfiguration,
): Promise<void> {
  await tx
    .insertInto("notification_configurations")
    .values({
      id: configuration.id,
      organization_id: configuration.organizationId,
      workspace_id: configuration.workspaceId,
      destination: configuration.destination,
      created_at: configuration.createdAt satisfies Millis,
      ...toColumns(sealer, configuration),
    })
    .execute();
}

/** False when somebody else has changed it since the revision before this one was read. */
export async function updateConfigurationRow(
  tx: Tx,
  sealer: Sealer,
  configuration: NotificationConfiguration,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("notification_configurations")
    .set(toColumns(sealer, configuration))
    .where("id", "=", configuration.id)
    .where("revision", "=", configuration.revision - 1)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function deleteConfigurationRow(db: Db, id: string): Promise<void> {
  await db.deleteFrom("notification_configurations").where("id", "=", id).execute();
}

export async function findConfiguration(
  db: Db,
  sealer: Sealer,
  id: string,
): Promise<NotificationConfiguration | undefined> {
  const row = await selectConfigurations(db).where("n.id", "=", id).executeTakeFirst();
  return row && toConfiguration(sealer, row);
}

export interface ConfigurationFilter {
  readonly organizationId: string;
  /** With what belongs to the organization as a whole. */
  readonly projects: ProjectScope;
  readonly workspaceId?: string;
  /** The id of the last configuration of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/** In the order of their ids. */
export async function listConfigurationRows(
  db: Db,
  sealer: Sealer,
  filter: ConfigurationFilter,
): Promise<NotificationConfiguration[]> {
  const { projects, workspaceId, after } = filter;
  let query = selectConfigurations(db).where("n.organization_id", "=", filter.organizationId);
  query = query.where(inProjectsOrNone("w.project_id", projects));
  if (workspaceId !== undefined) query = query.where("n.workspace_id", "=", workspaceId);
  if (after !== undefined) query = query.where("n.id", ">", after);
  const rows = await query.orderBy("n.id").limit(filter.limit).execute();
  return rows.map((row) => toConfiguration(sealer, row));
}

export async function countConfigurationsOf(
  db: Db,
  scope: { readonly organizationId: string; readonly workspaceId: string | null },
): Promise<number> {
  const query = db
    .selectFrom("notification_configurations")
    .select((e) => e.fn.countAll().as("total"))
    .where("organization_id", "=", scope.organizationId)
    .where("workspace_id", scope.workspaceId === null ? "is" : "=", scope.workspaceId);
  return Number((await query.executeTakeFirstOrThrow()).total);
}

/** Those that are enabled, of the organization and of these workspaces. Whether a trigger is chosen is the caller's question. */
export async function listEnabledConfigurations(
  db: Db,
  sealer: Sealer,
  scope: { readonly organizationId: string; readonly workspaceIds: readonly string[] },
): Promise<NotificationConfiguration[]> {
  const rows = await selectConfigurations(db)
    .where("n.organization_id", "=", scope.organizationId)
    .where("n.enabled", "=", 1)
    .where((e) =>
      e.or([
        e("n.workspace_id", "is", null),
        ...(scope.workspaceIds.length === 0 ? [] : [e("n.workspace_id", "in", scope.workspaceIds)]),
      ]),
    )
    .orderBy("n.id")
    .execute();
  return rows.map((row) => toConfiguration(sealer, row));
}
