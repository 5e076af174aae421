import type { ProjectScope } from "../access/index.ts";
import { inProjectsOrNone } from "../../db/in-projects.ts";
import type { Selectable } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import type { NotificationConfigurations } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { openText, sealText, type Sealer } from "../../platform/sealing.ts";
import type { Destination, NotificationConfiguration, NotificationScope } from "./notification-configuration.ts";

type Row = Selectable<NotificationConfigurations> & {
  readonly workspace_name: string | null;
  readonly workspace_project_id: string | null;
  readonly project_external_id: string | null;
};

function toConfiguration(sealer: Sealer, row: Row): NotificationConfiguration {
  const open = (sealed: string | null, what: string): string | null =>
    sealed === null ? null : openText(sealer, sealed, contextOf(row.id, what));
  return {
    id: row.id,
    organizationId: row.organization_id,
    scope: scopeOf(row),
    workspaceId: row.workspace_id,
    projectId: row.workspace_project_id ?? row.project_id,
    projectExternalId: row.project_external_id,
    teamId: row.team_id,
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

function scopeOf(row: Pick<Row, "workspace_id" | "project_id" | "team_id">): NotificationScope {
  if (row.workspace_id !== null) return "workspace";
  if (row.project_id !== null) return "project";
  return row.team_id === null ? "organization" : "team";
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
    .leftJoin("projects as p", "p.id", "n.project_id")
    .selectAll("n")
    .select([
      "w.name as workspace_name",
      "w.project_id as workspace_project_id",
      "p.external_id as project_external_id",
    ]);
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
      project_id: configuration.scope === "project" ? configuration.projectId : null,
      team_id: configuration.teamId,
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

/** What a list of configurations is of; a project by its own id rather than `prj-…`. */
export type NotificationPlace =
  { readonly workspaceId: string } | { readonly projectId: string } | { readonly teamId: string };

/** The one column that says it. */
function at(place: NotificationPlace): readonly ["n.workspace_id" | "n.project_id" | "n.team_id", string] {
  if ("workspaceId" in place) return ["n.workspace_id", place.workspaceId];
  return "projectId" in place ? ["n.project_id", place.projectId] : ["n.team_id", place.teamId];
}

export interface ConfigurationFilter {
  readonly organizationId: string;
  /** With what belongs to the organization as a whole. */
  readonly projects: ProjectScope;
  /** Of this alone, rather than of everything that may be seen. */
  readonly place?: NotificationPlace;
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
  const { projects, place, after } = filter;
  let query = selectConfigurations(db).where("n.organization_id", "=", filter.organizationId);
  // Of a team only for those who see everything: its members are no projects.
  if (projects !== null) query = query.where("n.team_id", "is", null);
  query = query.where(inProjectsOrNone("w.project_id", projects)).where(inProjectsOrNone("n.project_id", projects));
  if (place !== undefined) {
    const [column, id] = at(place);
    query = query.where(column, "=", id);
  }
  if (after !== undefined) query = query.where("n.id", ">", after);
  const rows = await query.orderBy("n.id").limit(filter.limit).execute();
  return rows.map((row) => toConfiguration(sealer, row));
}

export async function countConfigurationsOf(db: Db, configuration: NotificationConfiguration): Promise<number> {
  const { scope, workspaceId, projectId, teamId } = configuration;
  let query = db
    .selectFrom("notification_configurations as n")
    .select((e) => e.fn.countAll().as("total"))
    .where("n.organization_id", "=", configuration.organizationId);
  if (scope === "workspace") query = query.where("n.workspace_id", "=", workspaceId);
  else if (scope === "project") query = query.where("n.project_id", "=", projectId);
  else if (scope === "team") query = query.where("n.team_id", "=", teamId);
  else
    query = query.where("n.workspace_id", "is", null).where("n.project_id", "is", null).where("n.team_id", "is", null);
  return Number((await query.executeTakeFirstOrThrow()).total);
}

/** Those that are enabled, of the organization, of these workspaces and of the projects that these are in. Whether a trigger is chosen is the caller's question. */
export async function listEnabledConfigurations(
  db: Db,
  sealer: Sealer,
  scope: {
    readonly organizationId: string;
    readonly workspaceIds: readonly string[];
    /** Also those of teams, whatever the teams may see. */
    readonly teams: boolean;
  },
): Promise<NotificationConfiguration[]> {
  const rows = await selectConfigurations(db)
    .where("n.organization_id", "=", scope.organizationId)
    .where("n.enabled", "=", 1)
    .where((e) =>
      e.or([
        e.and([e("n.workspace_id", "is", null), e("n.project_id", "is", null), e("n.team_id", "is", null)]),
        ...(scope.teams ? [e("n.team_id", "is not", null)] : []),
        ...(scope.workspaceIds.length === 0
          ? []
          : [
              e("n.workspace_id", "in", scope.workspaceIds),
              e(
                "n.project_id",
                "in",
                e.selectFrom("workspaces as c").select("c.project_id").where("c.id", "in", scope.workspaceIds),
              ),
            ]),
      ]),
    )
    .orderBy("n.id")
    .execute();
  return rows.map((row) => toConfiguration(sealer, row));
}

/** A team, as far as configurations of it are concerned. */
export async function findTeamPlace(
  db: Db,
  id: string,
): Promise<{ readonly id: string; readonly organizationId: string } | undefined> {
  const row = await db.selectFrom("teams").select(["id", "organization_id"]).where("id", "=", id).executeTakeFirst();
  return row && { id: row.id, organizationId: row.organization_id };
}
