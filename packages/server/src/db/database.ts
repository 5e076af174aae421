import { createRequire } from "node:module";
import {
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  SqliteDialect,
  type DatabaseIntrospector,
  type LogEvent,
  type SelectQueryBuilder,
  type SqliteDatabase,
  type SqliteStatement,
  type Transaction,
} from "kysely";
import { Pool, types } from "pg";
import { DomainError } from "../platform/errors.ts";
import { OwnSchemaIntrospector } from "./own-schema-introspector.ts";
import type { Schema } from "./schema.gen.ts";

/** A connection, or a transaction where the caller does not care. */
export type Db = Kysely<Schema>;
/** Asked for by everything that must happen inside a transaction. */
export type Tx = Transaction<Schema>;

export type DatabaseSettings =
  | { readonly kind: "sqlite"; readonly file: string }
  | { readonly kind: "postgres"; readonly url: string; readonly connectionsMax: number; readonly schema?: string };

// Times and sizes are bigint columns; every one of them is far below 2^53.
const int8Oid = 20;

/** A statement as the database is sent it. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/**
 * Opens the database; makes no statement until the first query. Close it with `destroy()`. `onStatement` hears of every
 * statement; it is for tests and measurements.
 */
export function openDatabase(
  settings: DatabaseSettings,
  options: { readonly onStatement?: (statement: Statement) => void } = {},
): Db {
  const { onStatement } = options;
  const log = onStatement === undefined ? {} : { log: (event: LogEvent) => onStatement(event.query) };
  switch (settings.kind) {
    case "sqlite":
      return new Kysely<Schema>({ dialect: new SqliteDialect({ database: openMainFile(settings.file) }), ...log });
    case "postgres": {
      const pool = new Pool({
        connectionString: settings.url,
        max: settings.connectionsMax,
        ...(settings.schema === undefined ? {} : { options: `-c search_path=${settings.schema}` }),
        types: { getTypeParser: parserOf },
      });
      // A connection that the database ends must not end this process, whether it is idle or a transaction is between two
      // statements on it: the next statement on it fails, and the next query opens another.
      pool.on("error", () => {});
      pool.on("connect", (client) => client.on("error", () => {}));
      return new Kysely<Schema>({ dialect: new OwnSchemaDialect({ pool }), ...log });
    }
  }
}

class OwnSchemaDialect extends PostgresDialect {
  override createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new OwnSchemaIntrospector(db);
  }
}

function parserOf(oid: number, format?: "text" | "binary"): (value: string) => unknown {
  if (oid === int8Oid) return Number;
  const parser: (value: string) => unknown = types.getTypeParser(oid, format === "binary" ? "text" : format);
  return parser;
}

/**
 * Makes this process the only server of a SQLite file, until the returned function is called or the process ends, however
 * it ends: the lock is one that the operating system holds. Reading the file with other tools stays possible. Errors:
 * conflict/database_in_use.
 */
export function holdSqliteFile(file: string): () => void {
  const lock = openSqlite(`${file}.lock`);
  try {
    lock.pragma("busy_timeout = 0");
    lock.exec("begin exclusive");
  } catch (error) {
    lock.close();
    if (!String((error as { code?: unknown }).code).startsWith("SQLITE_BUSY")) throw error;
    throw new DomainError(
      "conflict",
      "database_in_use",
      `Another server uses ${file}. Stop it first; several servers can share PostgreSQL, not SQLite.`,
      { cause: error },
    );
  }
  return () => lock.close();
}

/** Version 12 of the driver aborts on Node 24, version 13 does not load on Node 20: both are optional, one is used. */
export function openSqlite(file: string): SqliteFile {
  const require = createRequire(import.meta.url);
  const major = Number(process.versions.node.split(".")[0]);
  const name = major >= 22 ? "better-sqlite3" : "better-sqlite3-node20";
  const Database = require(name) as new (file: string) => SqliteFile;
  return new Database(file);
}

function openMainFile(file: string): SqliteDatabase {
  const database = openSqlite(file);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.pragma("foreign_keys = ON");
  database.pragma("busy_timeout = 5000");
  // 64 MiB of pages, in KiB: the upper levels of all indexes stay in memory also when the file has grown.
  database.pragma("cache_size = -65536");
  return keepPrepared(database);
}

// More than the different statements of all features; lists of ids make a few more, and the oldest go.
const preparedStatementsMax = 1000;

/** Prepares each text of a statement once: parsing and planning takes longer than looking a few rows up. */
function keepPrepared(database: SqliteDatabase): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    prepare(sql) {
      const known = prepared.get(sql);
      if (known !== undefined) return known;
      const statement = database.prepare(sql);
      if (prepared.size >= preparedStatementsMax) prepared.delete(prepared.keys().next().value ?? "");
      prepared.set(sql, statement);
      return statement;
    },
    close() {
      database.close();
    },
  };
}

export interface SqliteFile extends SqliteDatabase {
  pragma(text: string): unknown;
  exec(text: string): unknown;
}

export function isPostgres(db: Pick<Db, "getExecutor">): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}

/**
 * Locks the selected rows until the transaction ends: `query.$call(forUpdate(tx))`. SQLite runs one transaction at a
 * time on its one connection, so there the lock is already held.
 */
export function forUpdate(tx: Tx) {
  return <DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>): SelectQueryBuilder<DB, TB, O> =>
    isPostgres(tx) ? query.forUpdate() : query;
}

// Shutting down, crashed, starting up, lost on the way. Source: PostgreSQL, error codes; Node, system errors.
const absentCodes = /^(08|57P0[123]$)|^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT)$/;

/** True when the database could not be reached, or was lost before it had answered. */
export function isDatabaseAbsent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === "string" && absentCodes.test(code)) return true;
  // The driver has no code for these. Source: pg, lib/client.js.
  return /^(Connection terminated|Client has encountered a connection error)/.test(error.message);
}

/** True when a write failed because a row that it refers to is gone. */
export function isForeignKeyViolation(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === "23503" || code === "SQLITE_CONSTRAINT_FOREIGNKEY";
}

/** True when an insert failed because the row is already there. */
export function isUniqueViolation(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === "23505" || code === "SQLITE_CONSTRAINT_UNIQUE" || code === "SQLITE_CONSTRAINT_PRIMARYKEY";
}
