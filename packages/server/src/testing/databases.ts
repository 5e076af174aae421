import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { openDatabase, type Db } from "../db/database.ts";
import { migrateToLatest } from "../db/migrate.ts";

/** A database of its own for one test. */
export interface TestDatabase {
  readonly db: Db;
  /** For a server that opens the database by itself. */
  readonly url: string;
  close(): Promise<void>;
}

export interface DatabaseUnderTest {
  readonly name: "sqlite" | "postgres";
  /** A migrated database, or an empty one for tests of the migrations themselves. */
  create(options?: { readonly migrated?: boolean }): Promise<TestDatabase>;
}

/**
 * SQLite always, and PostgreSQL when INGOT_TEST_POSTGRES_URL names one (`npm run test:postgres` starts it):
 * `describe.each(databasesUnderTest())`. The test runner's report says when PostgreSQL was left out.
 */
export function databasesUnderTest(): DatabaseUnderTest[] {
  const url = process.env["INGOT_TEST_POSTGRES_URL"];
  return [{ name: "sqlite", create: createSqlite }, ...(url === undefined ? [] : [postgresAt(url)])];
}

// Migrating takes longer than most tests, so it happens once and each test gets a copy.
let sqliteTemplate: Promise<Buffer> | undefined;

async function createSqlite({ migrated = true } = {}): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), "ingot-test-"));
  const file = join(directory, "test.db");
  if (migrated) await writeFile(file, await (sqliteTemplate ??= migrateSqliteTemplate()));
  const db = openDatabase({ kind: "sqlite", file });
  return {
    db,
    url: `sqlite:${file}`,
    async close() {
      await db.destroy();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function migrateSqliteTemplate(): Promise<Buffer> {
  const empty = await createSqlite({ migrated: false });
  try {
    await migrateToLatest(empty.db);
    await empty.db.destroy();
    return await readFile(empty.url.slice("sqlite:".length));
  } finally {
    await empty.close();
  }
}

const postgresTemplate = "INGOT_TEST_POSTGRES_TEMPLATE";

/**
 * Migrates a database that PostgreSQL copies for each test of this run; the environment tells the workers of it. Returns
 * what removes it. Called once, before the first test (`scripts/test-setup.ts`).
 */
export async function preparePostgresTemplate(url: string): Promise<() => Promise<void>> {
  const name = `ingot_template_${randomBytes(6).toString("hex")}`;
  await administer(url, `create database ${name}`);
  const db = openDatabase({ kind: "postgres", url: databaseAt(url, name), connectionsMax: 1 });
  try {
    await migrateToLatest(db);
  } finally {
    await db.destroy();
  }
  process.env[postgresTemplate] = name;
  return () => administer(url, `drop database ${name}`);
}

function postgresAt(url: string): DatabaseUnderTest {
  return {
    name: "postgres",
    create: ({ migrated = true } = {}) => {
      const template = process.env[postgresTemplate];
      if (!migrated) return createPostgresSchema(url);
      if (template === undefined) throw new Error("scripts/test-setup.ts has not prepared PostgreSQL.");
      return createPostgresDatabase(url, template);
    },
  };
}

/** A schema of its own in a database that others use too. */
async function createPostgresSchema(url: string): Promise<TestDatabase> {
  const schema = `test_${randomBytes(6).toString("hex")}`;
  await administer(url, `create schema ${schema}`);
  const own = new URL(url);
  own.searchParams.set("options", `-c search_path=${schema}`);
  return openPostgres(own.href, () => administer(url, `drop schema ${schema} cascade`));
}

async function createPostgresDatabase(url: string, template: string): Promise<TestDatabase> {
  const name = `ingot_test_${randomBytes(6).toString("hex")}`;
  await administer(url, `create database ${name} template ${template}`);
  // Of a server that was killed, PostgreSQL notices late that its connections are gone.
  return openPostgres(databaseAt(url, name), () => administer(url, `drop database ${name} with (force)`));
}

function openPostgres(url: string, remove: () => Promise<void>): TestDatabase {
  const db = openDatabase({ kind: "postgres", url, connectionsMax: 8 });
  return {
    db,
    url,
    async close() {
      await db.destroy();
      await remove();
    },
  };
}

function databaseAt(url: string, name: string): string {
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
