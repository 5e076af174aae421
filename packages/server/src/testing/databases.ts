import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
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
  /** An empty database, or a migrated one. */
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

async function createSqlite({ migrated = true } = {}): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), "ingot-test-"));
  const file = join(directory, "test.db");
  const db = openDatabase({ kind: "sqlite", file });
  if (migrated) await migrateToLatest(db);
  return {
    db,
    url: `sqlite:${file}`,
    async close() {
      await db.destroy();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function postgresAt(url: string): DatabaseUnderTest {
  return {
    name: "postgres",
    async create({ migrated = true } = {}) {
      const schema = `test_${randomBytes(6).toString("hex")}`;
      await administer(url, `create schema ${schema}`);
      const own = new URL(url);
      own.searchParams.set("options", `-c search_path=${schema}`);
      const db = openDatabase({ kind: "postgres", url: own.href, connectionsMax: 8 });
      if (migrated) await migrateToLatest(db);
      return {
        db,
        url: own.href,
        async close() {
          await db.destroy();
          await administer(url, `drop schema ${schema} cascade`);
        },
      };
    },
  };
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
