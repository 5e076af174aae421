import { sql } from "kysely";
import { containsText } from "../../db/contains-text.ts";
import type { Db } from "../../db/database.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import { fieldsOf, type ExplorerFilter, type ExplorerQuery } from "./explorer-query.ts";
import {
  relationOf,
  workspaces,
  type ExplorerScope,
  type Expression,
  type Relation,
} from "./explorer-relation-store.ts";

/** A row by the names of its fields. Moments are in milliseconds; null: nobody knows, or there is none. */
export interface ExplorerRow {
  /** The same for the same row of every answer: the workspace's id, or what the others are grouped by. */
  readonly key: string;
  readonly values: Readonly<Record<string, string | number | boolean | null>>;
}

/** All rows that a query finds, with no more than finding and ordering them takes. */
function found(scope: ExplorerScope, { view, filters, sorts }: ExplorerQuery): Relation {
  return relationOf(view, scope, { fields: new Set([...filters, ...sorts].map(({ field }) => field)) });
}

/**
 * One page in the order that the query asks for. Three statements: what a page shows is read of its rows alone, so that
 * ordering thousands of them carries nothing else along.
 */
export async function explore(
  db: Db,
  scope: ExplorerScope,
  query: ExplorerQuery,
  page: Page,
): Promise<Paged<ExplorerRow>> {
  const keys = await listKeys(db, scope, query, page);
  const relation = found(scope, query);
  const counted = await sql<{ total: number }>`select count(*) as total from ${relation.from}
    where ${conditionOf(relation, query.filters)}`.execute(db);
  return { items: await readRows(db, scope, query, keys), total: Number(counted.rows[0]?.total ?? 0) };
}

/** The keys of a page, or of all rows, in the order that the query asks for. */
export async function listKeys(db: Db, scope: ExplorerScope, query: ExplorerQuery, page?: Page): Promise<string[]> {
  const relation = found(scope, query);
  const limit = page === undefined ? sql`` : sql`limit ${page.size} offset ${offsetOf(page)}`;
  const { rows } = await sql<{ key: string }>`select ${relation.key} as key from ${relation.from}
    where ${conditionOf(relation, query.filters)} order by ${orderOf(relation, query)} ${limit}`.execute(db);
  return rows.map((row) => row.key);
}

/** Some rows, in the order of their keys as given; one that is gone is left out. */
export async function readRows(
  db: Db,
  scope: ExplorerScope,
  query: ExplorerQuery,
  keys: readonly string[],
): Promise<ExplorerRow[]> {
  if (keys.length === 0) return [];
  const relation = relationOf(query.view, scope, { fields: new Set(query.fields), keys });
  const { rows } = await sql<RawRow>`select ${columnsOf(relation, query)} from ${relation.from}
    where ${relation.where} and ${relation.key} in (${sql.join(keys)})`.execute(db);
  const byKey = new Map(rows.map((row) => [row.key, toRow(query, row)]));
  return keys.flatMap((key) => byKey.get(key) ?? []);
}

/** Ids of the workspaces that a query finds, in their order, after this one. */
export async function listWorkspaceIdsAfter(
  db: Db,
  scope: ExplorerScope,
  filters: readonly ExplorerFilter[],
  after: string,
  limit: number,
): Promise<string[]> {
  const relation = workspaces(scope, new Set(filters.map(({ field }) => field)));
  const { rows } = await sql<{ id: string }>`select w.id as id from ${relation.from}
    where ${conditionOf(relation, filters)} and w.id > ${after} order by w.id limit ${limit}`.execute(db);
  return rows.map((row) => row.id);
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
