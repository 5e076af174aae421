import { expect, it } from "vitest";
import { isPostgres } from "../../db/database.ts";
import { afterRead } from "../../testing/after-read.ts";
import { databasesUnderTest } from "../../testing/index.ts";
import type { Actor } from "../access/index.ts";
import { insertOrganization } from "../organizations/index.ts";
import { deleteProject, insertProject } from "../projects/index.ts";
import { createBucket } from "./create-bucket.ts";

it.each(databasesUnderTest())(
  "a bucket finds its project gone that is deleted at this moment on $name",
  async (kind) => {
    const database = await kind.create();
    try {
      const { db } = database;
      const { id: organizationId } = await insertOrganization(db, "acme", 0);
      await insertProject(db, { organizationId, name: "another" }, 0);
      const { id: projectId } = await insertProject(db, { organizationId, name: "images" }, 0);
      const actor: Actor = {
        kind: "user",
        id: "user-1",
        name: "ada",
        organizationId,
        grants: [{ role: "admin", organizationId, projectId: null, bucketName: null }],
        needs: null,
        workspaceId: null,
        runId: null,
      };
      const remove = () => deleteProject({ db }, actor, projectId);
      // SQLite has one transaction at a time: there the one that is asked for first comes first.
      const racing = isPostgres(db) ? db.withPlugin(afterRead(1, remove)) : db;
      const removed = isPostgres(db) ? undefined : remove();
      const deps = { db: racing, now: () => 0, openLatestChannel: () => Promise.resolve() };
      await expect(createBucket(deps, actor, { organizationId, projectId, name: "base" }, {})).rejects.toMatchObject({
        kind: "not_found",
        code: "project_not_found",
      });
      await removed;
      expect(await db.selectFrom("buckets").selectAll().execute()).toEqual([]);
      expect(await db.selectFrom("projects").select("name").execute()).toEqual([{ name: "another" }]);
    } finally {
      await database.close();
    }
  },
);
