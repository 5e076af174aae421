import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isPostgres, type Statement } from "../../db/database.ts";
import { databasesUnderTest } from "../../testing/index.ts";
import { startRegistry, type RegistryUnderTest } from "./testing/registry-under-test.ts";

/** Every operation that reads, with each of its parameters that changes what is looked up. */
const reads = [
  "/registry",
  "/buckets",
  "/buckets?sorting.order_by=created_at%20desc",
  "/buckets?sorting.order_by=updated_at",
  "/buckets/app",
  "/buckets/base/ancestry",
  "/buckets/base/ancestry?type=ANCESTRY_TYPE_CHILDREN",
  "/buckets/base/ancestry?channel_name=production",
  "/buckets/base/ancestry?version_fingerprint=one",
  "/buckets/app/ancestry?type=ANCESTRY_TYPE_PARENTS",
  "/buckets/app/versions",
  "/buckets/app/versions?sorting.order_by=updated_at%20desc",
  "/buckets/app/versions?sorting.order_by=fingerprint",
  "/buckets/app/versions/one",
  "/buckets/app/versions/one/builds",
  "/buckets/app/versions/one/builds?sorting.order_by=status&pagination.page_size=1",
  "/buckets/app/versions/one/builds/:build",
  "/buckets/app/channels",
  "/buckets/app/channels/latest",
  "/buckets/app/channels/latest/history",
  "/enforced_blocks",
  "/enforced_blocks/bucket/app",
  "/buckets/app/packages",
  "/buckets/app/versions/one/builds/:build/sboms",
  "/buckets/app/versions/one/builds/:build/packages",
] as const;

// Not tables, but the page that a query has made before.
const derived = /^SCAN (CONSTANT|related|counted|relation|line|page|\(subquery)\b/;
// The projects of an organization are few; everything else has as many rows as somebody cares to build images.
const small = /^(projects|organizations|registries|principals|json_each)\b/;

describe.each(databasesUnderTest())("what a read asks the database on $name", (kind) => {
  let registry: RegistryUnderTest;
  let statements: Statement[] = [];
  let buildId: string;
  beforeAll(async () => {
    registry = await startRegistry(kind, { onStatement: (statement) => statements.push(statement) });
    const base = await registry.publish("base", "one");
    const { channel } = await registry.expect("POST", "/buckets/base/channels", {
      body: { name: "production", version_fingerprint: "one" },
    });
    const parent = { parent_version_id: base.id, parent_channel_id: channel.id };
    await registry.publish("app", "one", [{ component: "a", ...parent }, { component: "b" }]);
    buildId = (await registry.expect("GET", "/buckets/app/versions/one/builds")).builds[0].id;
    await registry.expect("GET", "/registry");
  });
  afterAll(() => registry.close());

  async function asked(path: string): Promise<{ readonly own: readonly Statement[]; readonly json: any }> {
    statements = [];
    const json = await registry.expect("GET", path.replace(":build", buildId));
    // Who is calling is found out before the operation begins, and counted apart.
    const own = statements.filter(({ sql: text }) => !/from "(tokens|role_bindings)"/.test(text));
    expect(statements.length - own.length).toBe(2);
    return { own, json };
  }

  it.each(reads)("is three statements at most: GET %s", async (path) => {
    const { own } = await asked(path);
    expect(own.map((statement) => statement.sql).slice(3)).toEqual([]);
  });

  it.each(reads)("is looked up in indexes: GET %s", async (path) => {
    const { own } = await asked(path);
    for (const statement of own) expect(await scansOf(statement)).toEqual([]);
  });

  it("is the same number of statements when there are more of everything", async () => {
    const count = async () => [(await asked("/buckets")).own.length, (await asked("/buckets/app/versions")).own.length];
    const before = await count();
    await registry.publish("more", "one");
    await registry.publish("app", "two", [{ component: "a" }, { component: "b" }, { component: "c" }]);
    expect(await count()).toEqual(before);
  });

  /** The tables that a statement reads from end to end. */
  async function scansOf(statement: Statement): Promise<string[]> {
    const { db } = registry.server;
    const run = async (text: string) =>
      (
        await db.executeQuery<Record<string, unknown>>({
          ...sql.raw(text).compile(db),
          parameters: statement.parameters,
        })
      ).rows;
    if (!isPostgres(db)) {
      const rows = await run(`explain query plan ${statement.sql}`);
      return rows
        .map((row) => String(row["detail"]))
        .filter((detail) => detail.startsWith("SCAN ") && !derived.test(detail))
        .filter((detail) => !small.test(detail.replace("SCAN ", "")));
    }
    // A small table is read from end to end whatever its indexes are: the planner is told not to, where it has a choice.
    return db.transaction().execute(async (tx) => {
      await sql`set local enable_seqscan = off`.execute(tx);
      const { rows } = await tx.executeQuery<Record<string, unknown>>({
        ...sql.raw(`explain ${statement.sql}`).compile(tx),
        parameters: statement.parameters,
      });
      return rows
        .map((row) => /Seq Scan on (\w+)/.exec(String(row["QUERY PLAN"]))?.[1])
        .filter((table) => table !== undefined && !small.test(table)) as string[];
    });
  }
});
