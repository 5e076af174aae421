import type { Db } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { inChunks } from "../../db/in-chunks.ts";
import type { RevocationFacts } from "./desired-alerts.ts";

/*
 * Who is concerned by images. These statements join the registry's tables with what runs, since the answer must be one of
 * one moment.
 */

/** The workspaces that read the channel in their last run, or ever did. */
export async function listChannelReaders(db: Db, channelId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("channel_followers")
    .select("workspace_id")
    .where("channel_id", "=", channelId)
    .orderBy("workspace_id")
    .execute();
  return rows.map((row) => row.workspace_id);
}

/** The workspaces whose image status may be another when the channel moves: those that read it, or run an image of its bucket. */
export async function listWorkspacesOfChannel(db: Db, channelId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("image_uses as u")
    .innerJoin("channels as c", "c.bucket_id", "u.bucket_id")
    .select("u.workspace_id")
    .distinct()
    .where("c.id", "=", channelId)
    .execute();
  return [...new Set([...(await listChannelReaders(db, channelId)), ...rows.map((row) => row.workspace_id)])];
}

/** The workspaces that run the version. */
export async function listWorkspacesOfVersion(db: Db, versionId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("image_uses")
    .select("workspace_id")
    .distinct()
    .where("version_id", "=", versionId)
    .execute();
  return rows.map((row) => row.workspace_id);
}

export interface RevocationInUse extends RevocationFacts {
  readonly projectId: string;
}

/**
 * Every revocation of the organization, in effect or scheduled, that affects somebody: with its order, which is the version
 * that a person or a rule revoked, and all workspaces that use it or a version that inherits it.
 */
export async function listRevocationsInUse(db: Db, organizationId: string): Promise<RevocationInUse[]> {
  const used = await db
    .selectFrom("image_uses as u")
    .innerJoin("versions as v", "v.id", "u.version_id")
    .select(["v.id", "v.revocation_inherited_from as root", "u.workspace_id"])
    .distinct()
    .where("u.organization_id", "=", organizationId)
    .where("v.revoke_at", "is not", null)
    .execute();
  const read = await db
    .selectFrom("channel_followers as f")
    .innerJoin("workspaces as w", "w.id", "f.workspace_id")
    .innerJoin("channels as c", "c.id", "f.channel_id")
    .innerJoin("versions as v", "v.id", "c.version_id")
    .select(["v.id", "v.revocation_inherited_from as root", "f.workspace_id"])
    .where("w.organization_id", "=", organizationId)
    .where("v.revoke_at", "is not", null)
    .execute();
  const workspaces = new Map<string, Set<string>>();
  for (const { id, root, workspace_id } of [...used, ...read]) {
    const key = root ?? id;
    workspaces.set(key, (workspaces.get(key) ?? new Set()).add(workspace_id));
  }
  const rows = await inChunks([...workspaces.keys()], (ids) =>
    db
      .selectFrom("versions as v")
      .innerJoin("buckets as b", "b.id", "v.bucket_id")
      .select([
        "v.id",
        "v.number",
        "v.revoke_at",
        "v.revocation_author",
        "v.revocation_message",
        "b.name as bucket_name",
        "b.project_id",
      ])
      .where("v.id", "in", ids)
      .where("v.revoke_at", "is not", null)
      .execute(),
  );
  return rows.map((row) => ({
    versionId: row.id,
    projectId: row.project_id,
    bucketName: row.bucket_name,
    versionName: `v${row.number ?? 0}`,
    revokeAt: row.revoke_at ?? 0,
    author: row.revocation_author,
    message: row.revocation_message ?? "",
    workspaceIds: [...(workspaces.get(row.id) ?? [])],
  }));
}

/** Organizations that may have alerts of revocations to open, to change or to resolve. */
export async function listOrganizationsToCheck(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom("organizations as o")
    .select("o.id")
    .where((e) =>
      e.or([
        e.exists(
          e
            .selectFrom("alerts as a")
            .select("a.id")
            .whereRef("a.organization_id", "=", "o.id")
            .where("a.kind", "=", "revocation")
            .where("a.open_key", "is not", null),
        ),
        e.exists(
          e
            .selectFrom("versions as v")
            .innerJoin("buckets as b", "b.id", "v.bucket_id")
            .innerJoin("projects as p", "p.id", "b.project_id")
            .select("v.id")
            .whereRef("p.organization_id", "=", "o.id")
            .where("v.revoke_at", "is not", null),
        ),
      ]),
    )
    .orderBy("o.id")
    .execute();
  return rows.map((row) => row.id);
}

/** Workspaces that run a version whose scheduled revocation has taken effect since they were looked at. */
export async function listOverdue(db: Db, now: Millis, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("image_uses as u")
    .innerJoin("versions as v", "v.id", "u.version_id")
    .innerJoin("alert_checks as c", "c.workspace_id", "u.workspace_id")
    .select("u.workspace_id")
    .distinct()
    .where("v.revoke_at", "<=", now)
    .where((e) => e("v.revoke_at", ">", e.ref("c.checked_at")))
    .limit(limit)
    .execute();
  return rows.map((row) => row.workspace_id);
}
