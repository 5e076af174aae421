import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
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
});
