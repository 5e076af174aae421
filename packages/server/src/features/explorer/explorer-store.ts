import { sql, type RawBuilder } from "kysely";
import type { WorkspaceScope } from "../access/index.ts";
import { containsText } from "../../db/contains-text.ts";
import type { Db } from "../../db/database.ts";
import { inProjectsOrWorkspaces } from "../../db/in-projects.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import { fieldsOf, type ExplorerFilter, type ExplorerQuery, type ExplorerView } from "./explorer-query.ts";

/** Whose workspaces are asked about, as far as the caller may read them. */
export interface ExplorerScope extends WorkspaceScope {
  readonly organizationId: string;
}

/** A row by the names of its fields. Moments are in milliseconds; null: nobody knows, or there is none. */
export interface ExplorerRow {
  /** The same for the same row of every answer: the workspace's id, or what the others are grouped by. */
  readonly key: string;
  readonly values: Readonly<Record<string, string | number | boolean | null>>;
}

type Expression = RawBuilder<unknown>;

interface Relation {
  readonly from: Expression;
  readonly where: Expression;
  readonly key: Expression;
  readonly fields: Readonly<Record<string, Expression>>;
  /** Fields that every row has. */
  readonly always: ReadonlySet<string>;
  /** When nothing else is asked for. */
  readonly order: readonly string[];
}

function workspaces(scope: ExplorerScope): Relation {
  const assessed = (count: string) =>
    sql`case when s.checks_failed is null then null when ${sql.ref(count)} = 0 then 0 else 1 end`;
  const applied = sql`(select p.ended_at from phases as p where p.run_id = r.id and p.kind = 'apply')`;
  return {
    // What a question does not name costs nothing: the databases leave out the joins that add no row and no column.
    from: sql`workspaces as w
      left join organizations as o on o.id = w.organization_id
      left join projects as pr on pr.id = w.project_id
      left join workspace_summaries as s on s.workspace_id = w.id
      left join runs as r on r.id = w.current_run_id`,
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

const workspaceNames = sql`string_agg(w.name, ', ' order by w.name)`;

function engineVersions(scope: ExplorerScope): Relation {
  return grouped(
    sql`select s.engine_version as key, s.engine_version as version, count(*) as workspace_count, ${workspaceNames} as workspaces
      from workspace_summaries as s inner join workspaces as w on w.id = s.workspace_id
      where s.organization_id = ${scope.organizationId} and s.engine_version is not null and ${readable(scope)}
      group by s.engine_version`,
    ["version"],
  );
}

function dependencies(kind: "provider" | "module", scope: ExplorerScope): Relation {
  return grouped(
    sql`select d.source || ' ' || d.version as key, min(d.name) as name, d.source as source,
        case when d.version = '' then null else d.version end as version,
        count(*) as workspace_count, ${workspaceNames} as workspaces
      from workspace_dependencies as d inner join workspaces as w on w.id = d.workspace_id
      where d.organization_id = ${scope.organizationId} and d.kind = ${kind} and ${readable(scope)}
      group by d.source, d.version`,
    ["name", "source", "version"],
  );
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

function relationOf(view: ExplorerView, scope: ExplorerScope): Relation {
  switch (view) {
    case "workspaces":
      return workspaces(scope);
    case "tf_versions":
      return engineVersions(scope);
    case "providers":
      return dependencies("provider", scope);
    case "modules":
      return dependencies("module", scope);
  }
}

/** One page in the order that the query asks for. Two statements. */
export async function explore(
  db: Db,
  scope: ExplorerScope,
  query: ExplorerQuery,
  page: Page,
): Promise<Paged<ExplorerRow>> {
  const relation = relationOf(query.view, scope);
  const condition = conditionOf(relation, query.filters);
  const found = await sql<RawRow>`select ${columnsOf(relation, query)} from ${relation.from} where ${condition}
    order by ${orderOf(relation, query)} limit ${page.size} offset ${offsetOf(page)}`.execute(db);
  const counted = await sql<{
    total: number;
  }>`select count(*) as total from ${relation.from} where ${condition}`.execute(db);
  return { items: found.rows.map((row) => toRow(query, row)), total: Number(counted.rows[0]?.total ?? 0) };
}

/** The keys of all rows in the order that the query asks for. */
export async function listKeys(db: Db, scope: ExplorerScope, query: ExplorerQuery): Promise<string[]> {
  const relation = relationOf(query.view, scope);
  const found = await sql<{ key: string }>`select ${relation.key} as key from ${relation.from}
    where ${conditionOf(relation, query.filters)} order by ${orderOf(relation, query)}`.execute(db);
  return found.rows.map((row) => row.key);
}

/** Some rows, in the order of their keys as given; one that is gone is left out. */
export async function readRows(
  db: Db,
  scope: ExplorerScope,
  query: ExplorerQuery,
  keys: readonly string[],
): Promise<ExplorerRow[]> {
  if (keys.length === 0) return [];
  const relation = relationOf(query.view, scope);
  const found = await sql<RawRow>`select ${columnsOf(relation, query)} from ${relation.from}
    where ${relation.where} and ${relation.key} in (${sql.join(keys)})`.execute(db);
  const rows = new Map(found.rows.map((row) => [row.key, toRow(query, row)]));
  return keys.flatMap((key) => rows.get(key) ?? []);
}

/** Ids of the workspaces that a query finds, in their order, after this one. */
export async function listWorkspaceIdsAfter(
  db: Db,
  scope: ExplorerScope,
  filters: readonly ExplorerFilter[],
  after: string,
  limit: number,
): Promise<string[]> {
  const relation = workspaces(scope);
  const found = await sql<{ id: string }>`select w.id as id from ${relation.from}
    where ${conditionOf(relation, filters)} and w.id > ${after} order by w.id limit ${limit}`.execute(db);
  return found.rows.map((row) => row.id);
}

type RawRow = Record<string, string | number | null> & { readonly key: string };

function toRow({ view, fields }: ExplorerQuery, row: RawRow): ExplorerRow {
  const types = fieldsOf(view);
  const values = fields.map((name) => {
    const value = row[name] ?? null;
    return [name, types[name] === "boolean" && value !== null ? Number(value) === 1 : value] as const;
  });
  return { key: row.key, values: Object.fromEntries(values) };
}

function expressionOf(relation: Relation, field: string): Expression {
  const expression = relation.fields[field];
  if (expression === undefined) throw new Error(`The field ${field} has no expression.`);
  return expression;
}

function columnsOf(relation: Relation, { fields }: ExplorerQuery): Expression {
  const columns = fields.map((name) => sql`${expressionOf(relation, name)} as ${sql.ref(name)}`);
  return sql.join([sql`${relation.key} as key`, ...columns]);
}

/** Ends with the key, so that it is always the same; what has no value comes last, whatever the database does with nulls. */
function orderOf(relation: Relation, { sorts }: ExplorerQuery): Expression {
  const asked = new Set(sorts.map(({ field }) => field));
  const implied = relation.order.filter((field) => !asked.has(field)).map((field) => ({ field, descending: false }));
  const terms = [...sorts, ...implied].flatMap(({ field, descending }) => {
    const expression = expressionOf(relation, field);
    const direction = descending ? sql`desc` : sql`asc`;
    const ordered = sql`${expression} ${direction}`;
    return relation.always.has(field) ? [ordered] : [sql`(${expression} is null) asc`, ordered];
  });
  return sql.join([...terms, sql`${relation.key} asc`]);
}

function conditionOf(relation: Relation, filters: readonly ExplorerFilter[]): Expression {
  const conditions = filters.map((filter) => compare(expressionOf(relation, filter.field), filter));
  return sql.join([relation.where, ...conditions], sql` and `);
}

function compare(expression: Expression, { operator, value }: ExplorerFilter): Expression {
  switch (operator) {
    case "is":
      return sql`${expression} = ${value}`;
    case "is_not":
      return sql`(${expression} is null or ${expression} <> ${value})`;
    case "contains":
      return containsText(expression, String(value));
    case "does_not_contain":
      return sql`(${expression} is null or not ${containsText(expression, String(value))})`;
    case "is_empty":
      return sql`${expression} is null`;
    case "is_not_empty":
      return sql`${expression} is not null`;
    case "gt":
    case "is_after":
      return sql`${expression} > ${value}`;
    case "lt":
    case "is_before":
      return sql`${expression} < ${value}`;
    case "gteq":
      return sql`${expression} >= ${value}`;
    case "lteq":
      return sql`${expression} <= ${value}`;
  }
}
