import { sql, type RawBuilder } from "kysely";
import type { WorkspaceScope } from "../access/index.ts";
import { inProjectsOrWorkspaces } from "../../db/in-projects.ts";
import type { ExplorerView } from "./explorer-query.ts";

/** Whose workspaces are asked about, as far as the caller may read them. */
export interface ExplorerScope extends WorkspaceScope {
  readonly organizationId: string;
}

export type Expression = RawBuilder<unknown>;

/** Where the rows of a view come from, and what each of its fields is in SQL. */
export interface Relation {
  readonly from: Expression;
  readonly where: Expression;
  readonly key: Expression;
  readonly fields: Readonly<Record<string, Expression>>;
  /** Fields that every row has. */
  readonly always: ReadonlySet<string>;
  /** When nothing else is asked for. */
  readonly order: readonly string[];
}

/** What the fields of workspaces are read from besides the workspaces. */
const joins: readonly (readonly [Expression, readonly string[]])[] = [
  [sql`left join organizations as o on o.id = w.organization_id`, ["organization_name"]],
  [sql`left join projects as pr on pr.id = w.project_id`, ["project_external_id", "project_name"]],
  [sql`left join runs as r on r.id = w.current_run_id`, ["current_run_applied_at", "current_run_status"]],
  [
    sql`left join workspace_summaries as s on s.workspace_id = w.id`,
    [
      "all_checks_succeeded",
      "current_rum_count",
      "checks_errored",
      "checks_failed",
      "checks_passed",
      "checks_unknown",
      "drifted",
      "module_count",
      "modules",
      "provider_count",
      "providers",
      "resource_count",
      "resources_drifted",
      "resources_undrifted",
      "state_version_terraform_version",
    ],
  ],
];

/** `used`: the fields that are asked about; whatever else would be read is left out. */
export function workspaces(scope: ExplorerScope, used: ReadonlySet<string>): Relation {
  const assessed = (count: string) =>
    sql`case when s.checks_failed is null then null when ${sql.ref(count)} = 0 then 0 else 1 end`;
  const applied = sql`(select p.ended_at from phases as p where p.run_id = r.id and p.kind = 'apply')`;
  return {
    from: sql`workspaces as w ${sql.join(
      joins.filter(([, fields]) => fields.some((field) => used.has(field))).map(([join]) => join),
      sql` `,
    )}`,
    where: readable(scope),
    key: sql.ref("w.id"),
    always: new Set(["workspace_name", "external_id", "workspace_created_at", "workspace_updated_at"]),
    order: ["workspace_name"],
    fields: {
      all_checks_succeeded: sql`case when s.checks_failed is null then null when s.checks_failed + s.checks_errored = 0 then 1 else 0 end`,
      current_rum_count: sql`coalesce(s.billable_count, 0)`,
      checks_errored: sql.ref("s.checks_errored"),
      checks_failed: sql.ref("s.checks_failed"),
      checks_passed: sql.ref("s.checks_passed"),
      checks_unknown: sql.ref("s.checks_unknown"),
      current_run_applied_at: sql`case when r.status = 'applied' then ${applied} end`,
      current_run_external_id: sql.ref("w.current_run_id"),
      current_run_status: sql.ref("r.status"),
      drifted: assessed("s.resources_drifted"),
      external_id: sql.ref("w.id"),
      module_count: sql`coalesce(s.module_count, 0)`,
      modules: sql.ref("s.modules"),
      organization_name: sql.ref("o.name"),
      project_external_id: sql.ref("pr.external_id"),
      project_name: sql.ref("pr.name"),
      provider_count: sql`coalesce(s.provider_count, 0)`,
      providers: sql.ref("s.providers"),
      resource_count: sql`coalesce(s.resource_count, 0)`,
      resources_drifted: sql.ref("s.resources_drifted"),
      resources_undrifted: sql.ref("s.resources_undrifted"),
      state_version_terraform_version: sql.ref("s.engine_version"),
      // No workspace here is connected to version control.
      vcs_repo_identifier: sql`cast(null as text)`,
      workspace_created_at: sql.ref("w.created_at"),
      workspace_name: sql.ref("w.name"),
      workspace_terraform_version: sql.ref("w.terraform_version"),
      workspace_updated_at: sql.ref("w.updated_at"),
    },
  };
}

/** What of a view is asked about. */
export interface Use {
  readonly fields: ReadonlySet<string>;
  /** Of a grouped view these groups alone. */
  readonly keys?: readonly string[];
}

function engineVersions(scope: ExplorerScope, use: Use): Relation {
  const key = sql.ref("s.engine_version");
  return grouped(
    sql`select ${key} as key, s.engine_version as version, ${countsOf(use)}
      from workspace_summaries as s ${joinOf("s.workspace_id", scope, use)}
      where s.organization_id = ${scope.organizationId} and s.engine_version is not null
        and ${groupedRows(key, scope, use)}
      group by s.engine_version`,
    ["version"],
  );
}

function dependencies(kind: "provider" | "module", scope: ExplorerScope, use: Use): Relation {
  const key = sql`d.source || ' ' || d.version`;
  return grouped(
    sql`select ${key} as key, min(d.name) as name, d.source as source,
        case when d.version = '' then null else d.version end as version, ${countsOf(use)}
      from workspace_dependencies as d ${joinOf("d.workspace_id", scope, use)}
      where d.organization_id = ${scope.organizationId} and d.kind = ${kind} and ${groupedRows(key, scope, use)}
      group by d.source, d.version`,
    ["name", "source", "version"],
  );
}

/** Names of workspaces cost more than all the rest. */
function countsOf({ fields }: Use): Expression {
  return fields.has("workspaces")
    ? sql`count(*) as workspace_count, string_agg(w.name, ', ' order by w.name) as workspaces`
    : sql`count(*) as workspace_count`;
}

/** Whoever may read everything needs no look at the workspaces to count them. */
function joinOf(workspaceId: string, { projects }: ExplorerScope, { fields }: Use): Expression {
  if (!fields.has("workspaces") && projects === null) return sql``;
  return sql`inner join workspaces as w on w.id = ${sql.ref(workspaceId)}`;
}

function groupedRows(key: Expression, scope: ExplorerScope, { keys }: Use): Expression {
  const inScope = scope.projects === null ? sql`1 = 1` : readable(scope);
  return keys === undefined ? inScope : sql`${inScope} and ${key} in (${sql.join(keys)})`;
}

function grouped(groups: Expression, order: readonly string[]): Relation {
  const names = ["name", "source", "version", "workspace_count", "workspaces"];
  return {
    from: sql`(${groups}) as g`,
    where: sql`1 = 1`,
    key: sql.ref("g.key"),
    always: new Set(["name", "source", "workspace_count", "workspaces"]),
    order,
    fields: Object.fromEntries(names.map((name) => [name, sql.ref(`g.${name}`)])),
  };
}

function readable(scope: ExplorerScope): Expression {
  const inScope = inProjectsOrWorkspaces({ project: "w.project_id", workspace: "w.id" }, scope);
  return sql`w.organization_id = ${scope.organizationId} and ${inScope}`;
}

export function relationOf(view: ExplorerView, scope: ExplorerScope, use: Use): Relation {
  switch (view) {
    case "workspaces":
      return workspaces(scope, use.fields);
    case "tf_versions":
      return engineVersions(scope, use);
    case "providers":
      return dependencies("provider", scope, use);
    case "modules":
      return dependencies("module", scope, use);
  }
}
