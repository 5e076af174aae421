import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { Db } from "./database.ts";
import { databasesUnderTest } from "../testing/index.ts";
import { describeSchema } from "./describe-schema.ts";
import { migrateToLatest } from "./migrate.ts";

describe("the committed schema", () => {
  it("is what the migrations make; `npm run schema` writes it", async () => {
    const { types, snapshot } = await describeSchema();
    expect(await readFile(new URL("./schema.gen.ts", import.meta.url), "utf8")).toBe(types);
    expect(await readFile(new URL("./schema.snapshot.sql", import.meta.url), "utf8")).toBe(snapshot);
  });
});

describe.each(databasesUnderTest())("migrations on $name", (kind) => {
  it("can be started by two replicas at once, and again later", async () => {
    const database = await kind.create({ migrated: false });
    try {
      await Promise.all([migrateToLatest(database.db), migrateToLatest(database.db)]);
      await migrateToLatest(database.db);
      expect(await database.db.selectFrom("organizations").selectAll().execute()).toEqual([]);
    } finally {
      await database.close();
    }
  });

  it("looks at no other schema of the database, which may be dropped meanwhile", async () => {
    const [own, other] = await Promise.all([kind.create({ migrated: false }), kind.create({ migrated: false })]);
    try {
      await Promise.all([migrateToLatest(own.db), migrateToLatest(other.db)]);
      const schemas = async (db: Db) =>
        new Set((await db.introspection.getTables({ withInternalKyselyTables: true })).map((table) => table.schema));
      expect((await schemas(own.db)).size).toBe(1);
      if (kind.name === "postgres") expect(await schemas(own.db)).not.toEqual(await schemas(other.db));
    } finally {
      await Promise.all([own.close(), other.close()]);
    }
  });
});
