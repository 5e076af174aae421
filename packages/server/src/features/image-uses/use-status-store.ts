import type { ProjectScope } from "../access/index.ts";
import { inProjects } from "../../db/in-projects.ts";
import { sql } from "kysely";
import type { Db } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { FollowSetting } from "../workspaces/index.ts";
import {
  attentionStatuses,
  imageUseStatuses,
  type ImageUse,
  type ImageUseStatus,
  type ImageUseSummary,
} from "./image-use.ts";
import { listLineage, type Root } from "./lineage-store.ts";

export interface ImageUseFilter {
  readonly organizationId: string;
  readonly projects: ProjectScope;
  readonly workspaceId?: string;
  /** Uses of this image and of everything that descends from it. */
  readonly bucketName?: string;
  /** Narrows `bucketName` to one version, `v3`. */
  readonly versionName?: string;
  /** Uses of exactly these versions. */
  readonly versionIds?: readonly string[];
  readonly identifier?: string;
  readonly statuses?: readonly ImageUseStatus[];
}

export interface ImageUseList extends ImageUseFilter {
  readonly limit: number;
  /** The `next` of the page before. */
  readonly after?: string;
}

/*
 * The status is computed by the database, so that lists can be filtered by it and still page: a use is compared with one
 * channel, which is one that its workspace follows in the bucket (rather one that points at the version in use, then one
 * that points anywhere, then the first by name), or `latest` when it follows none.
 */
const comparedChannelId = sql<string | null>`(
  select c.id from channels as c
  where c.bucket_id = u.bucket_id and (
    exists (select 1 from channel_followers as f where f.channel_id = c.id and f.workspace_id = u.workspace_id)
    or (c.name = 'latest' and not exists (
      select 1 from channel_followers as f
      join channels as followed on followed.id = f.channel_id
      where f.workspace_id = u.workspace_id and followed.bucket_id = u.bucket_id))
  )
  order by case when c.version_id = u.version_id then 0 when c.version_id is not null then 1 else 2 end, c.name
  limit 1
)`;

function statusAt(now: Millis) {
  return sql<ImageUseStatus>`case
    when u.version_id is null then 'untracked'
    when v.id is null then 'unknown'
    when v.revoke_at <= ${now} then 'revoked'
    when v.revoke_at is not null then 'scheduled'
    when cc.version_id is null then 'unknown'
    when cc.version_id = u.version_id then 'current'
    else 'behind' end`;
}

/*
 * When the channel went past the version: the line of its history after the last one of this version. When it never
 * pointed at the version, the first line of a newer one; when there is none either, the use has been beside its channel
 * ever since it was first seen.
 */
const behindSince = sql<number | null>`case
  when v.id is null or cc.version_id is null or cc.version_id = u.version_id then null
  else coalesce(
    (select min(a.assigned_at) from channel_assignments as a
      where a.channel_id = cc.id and a.position > (
        select max(held.position) from channel_assignments as held
        where held.channel_id = cc.id and held.version_id = u.version_id)),
    (select min(a.assigned_at) from channel_assignments as a
      join versions as newer on newer.id = a.version_id
      where a.channel_id = cc.id and newer.number > v.number),
    u.first_seen_at) end`;

/** Every use with what its status depends on. `u`: the use, `w`: its workspace, `v`: the version, `cc`: the channel. */
function selectUses(db: Db) {
  return db
    .selectFrom("image_uses as u")
    .innerJoin("workspaces as w", "w.id", "u.workspace_id")
    .leftJoin("versions as v", "v.id", "u.version_id")
    .leftJoin("channels as cc", (join) => join.on("cc.id", "=", comparedChannelId))
    .leftJoin("versions as cv", "cv.id", "cc.version_id");
}

function filtered(db: Db, filter: ImageUseFilter, lineage: ReadonlyMap<string, Root> | undefined, now: Millis) {
  let query = selectUses(db).where("u.organization_id", "=", filter.organizationId);
  query = query.where(inProjects("w.project_id", filter.projects));
  if (filter.workspaceId !== undefined) query = query.where("u.workspace_id", "=", filter.workspaceId);
  if (filter.identifier !== undefined) query = query.where("u.external_identifier", "=", filter.identifier);
  if (filter.versionIds !== undefined) query = query.where("u.version_id", "in", filter.versionIds);
  if (lineage !== undefined) query = query.where("u.version_id", "in", [...lineage.keys()]);
  if (filter.statuses !== undefined) query = query.where(statusAt(now), "in", filter.statuses);
  return query;
}

/** True when nothing can match: an empty `in` is an error on PostgreSQL. */
function matchesNothing(filter: ImageUseFilter, lineage: ReadonlyMap<string, Root> | undefined): boolean {
  return lineage?.size === 0 || filter.versionIds?.length === 0 || filter.statuses?.length === 0;
}

async function lineageOf(db: Db, filter: ImageUseFilter): Promise<ReadonlyMap<string, Root> | undefined> {
  return filter.bucketName === undefined ? undefined : listLineage(db, { ...filter, bucketName: filter.bucketName });
}

/**
 * A page of uses in the order of workspace, resource and attribute, in at most two statements. It joins the registry's
 * tables, since one statement must page over uses and know their versions. Errors: invalid/lineage_too_large,
 * invalid/bad_cursor.
 */
export async function listImageUses(
  db: Db,
  list: ImageUseList,
  now: Millis,
): Promise<{ uses: ImageUse[]; next: string | null }> {
  const cursor = list.after === undefined ? undefined : decodeCursor(list.after);
  const lineage = await lineageOf(db, list);
  if (matchesNothing(list, lineage)) return { uses: [], next: null };
  let query = filtered(db, list, lineage, now)
    .select([
      "u.workspace_id",
      "w.name as workspace_name",
      "u.resource",
      "u.attribute",
      "u.external_identifier",
      "u.version_id",
      "u.bucket_name",
      "u.version_name",
      "u.first_seen_at",
      "v.fingerprint",
      "v.created_at as version_created_at",
      "v.revoke_at",
      "v.revocation_message",
      "cc.name as channel_name",
      "cv.number as channel_version_number",
      statusAt(now).as("status"),
      behindSince.as("behind_since"),
    ])
    .orderBy("u.workspace_id")
    .orderBy("u.resource")
    .orderBy("u.attribute")
    .orderBy("u.external_identifier")
    .limit(list.limit + 1);
  if (cursor !== undefined) {
    const [workspaceId, resource, attribute, identifier] = cursor;
    query = query.where(
      sql<boolean>`(u.workspace_id, u.resource, u.attribute, u.external_identifier) > (${workspaceId}, ${resource}, ${attribute}, ${identifier})`,
    );
  }
  const rows = await query.execute();
  const uses = rows.slice(0, list.limit).map((row): ImageUse => {
    const root = row.version_id === null ? undefined : lineage?.get(row.version_id);
    return {
      workspaceId: row.workspace_id,
      workspaceName: row.workspace_name,
      resource: row.resource,
      attribute: row.attribute,
      externalIdentifier: row.external_identifier,
      bucketName: row.bucket_name,
      versionName: row.version_name,
      fingerprint: row.fingerprint,
      status: row.status,
      channelName: row.channel_name,
      channelVersionName: row.channel_version_number === null ? null : `v${row.channel_version_number}`,
      versionCreatedAt: row.version_created_at,
      revokeAt: row.revoke_at,
      revocationMessage: row.revocation_message,
      behindSince: row.behind_since,
      descendsFrom:
        root === undefined || root.depth === 0 ? null : { bucketName: root.bucketName, versionName: root.versionName },
      firstSeenAt: row.first_seen_at,
    };
  });
  const last = uses.at(-1);
  const next =
    rows.length > list.limit && last !== undefined
      ? encodeCursor([last.workspaceId, last.resource, last.attribute, last.externalIdentifier])
      : null;
  return { uses, next };
}

/** Counts the uses of a filter by status. At most two statements. Errors: invalid/lineage_too_large. */
export async function summarizeImageUses(db: Db, filter: ImageUseFilter, now: Millis): Promise<ImageUseSummary> {
  const statuses = noUses();
  const lineage = await lineageOf(db, filter);
  if (matchesNothing(filter, lineage)) return { statuses, workspacesAffected: 0 };
  // By workspace as well: how many of them are affected does not follow from counts by status.
  const byWorkspace = filtered(db, filter, lineage, now)
    .select(["u.workspace_id", statusAt(now).as("status"), (e) => e.fn.countAll<number>().as("uses")])
    .groupBy(["u.workspace_id", sql`2`]);
  const attention = sql.join(attentionStatuses);
  const rows = await db
    .with("counted", () => byWorkspace)
    .selectFrom("counted")
    .select([
      "status",
      (e) => e.fn.sum<number>("uses").as("uses"),
      sql<number>`(select count(distinct workspace_id) from counted where status in (${attention}))`.as("affected"),
    ])
    .groupBy("status")
    .execute();
  for (const row of rows) statuses[row.status] = Number(row.uses);
  return { statuses, workspacesAffected: Number(rows[0]?.affected ?? 0) };
}

/** How many uses one image, or one of its versions, has. */
export interface ImageUseCount {
  readonly bucketName: string;
  /** Null: all versions of the image. */
  readonly versionName: string | null;
  readonly statuses: Readonly<Record<ImageUseStatus, number>>;
  readonly workspaces: number;
}

/**
 * Counts the uses of every image that the registry knows or knew, or, with a bucket, of each of its versions; only what is
 * used itself, not what descends from it. By name. Two statements.
 */
export async function countUsesByImage(
  db: Db,
  filter: {
    readonly organizationId: string;
    readonly projects: ProjectScope;
    readonly bucketName: string | undefined;
  },
  now: Millis,
): Promise<ImageUseCount[]> {
  const { bucketName, ...place } = filter;
  const version = bucketName === undefined ? sql<string | null>`null` : sql<string | null>`u.version_name`;
  let known = filtered(db, place, undefined, now).where("u.bucket_name", "is not", null);
  if (bucketName !== undefined) known = known.where("u.bucket_name", "=", bucketName);
  const byStatus = await known
    .select(["u.bucket_name", version.as("version_name"), statusAt(now).as("status")])
    .select((e) => e.fn.countAll<number>().as("uses"))
    .groupBy(["u.bucket_name", sql`2`, sql`3`])
    .execute();
  const byWorkspace = await known
    .select(["u.bucket_name", version.as("version_name")])
    .select(sql<number>`count(distinct u.workspace_id)`.as("workspaces"))
    .groupBy(["u.bucket_name", sql`2`])
    .orderBy("u.bucket_name")
    .orderBy(sql`2`)
    .execute();
  const keyOf = (row: { bucket_name: string | null; version_name: string | null }): string =>
    `${row.bucket_name}/${row.version_name}`;
  const statuses = new Map(byWorkspace.map((row) => [keyOf(row), noUses()]));
  for (const row of byStatus) {
    const counted = statuses.get(keyOf(row));
    if (counted !== undefined) counted[row.status] = Number(row.uses);
  }
  return byWorkspace.map((row) => ({
    bucketName: row.bucket_name ?? "",
    versionName: row.version_name,
    statuses: statuses.get(keyOf(row)) ?? noUses(),
    workspaces: Number(row.workspaces),
  }));
}

/** Counts by status for each of these workspaces; one without uses has zeros. One statement. */
export async function countImageUses(
  db: Db,
  workspaceIds: readonly string[],
  now: Millis,
): Promise<ReadonlyMap<string, Readonly<Record<ImageUseStatus, number>>>> {
  const counts = new Map(workspaceIds.map((id) => [id, noUses()]));
  if (workspaceIds.length === 0) return counts;
  const rows = await selectUses(db)
    .where("u.workspace_id", "in", workspaceIds)
    .select(["u.workspace_id", statusAt(now).as("status"), (e) => e.fn.countAll<number>().as("uses")])
    .groupBy(["u.workspace_id", sql`2`])
    .execute();
  for (const row of rows) {
    const ofWorkspace = counts.get(row.workspace_id);
    if (ofWorkspace !== undefined) ofWorkspace[row.status] = Number(row.uses);
  }
  return counts;
}

/** Ids of the workspaces that have a use with one of these statuses: a part of another store's statement. */
export function workspacesUsing(db: Db, statuses: readonly ImageUseStatus[], now: Millis) {
  return selectUses(db).where(statusAt(now), "in", statuses).select("u.workspace_id");
}

/** The workspaces that use one of these versions, by name, and how many uses each has. One statement; at most `limit`. */
export async function listUsingWorkspaces(
  db: Db,
  filter: ImageUseFilter & { readonly versionIds: readonly string[]; readonly limit: number },
  now: Millis,
): Promise<{ id: string; name: string; uses: number; follow: FollowSetting }[]> {
  if (filter.versionIds.length === 0) return [];
  const rows = await filtered(db, filter, undefined, now)
    .select(["w.id", "w.name", "w.follow", (e) => e.fn.countAll<number>().as("uses")])
    .groupBy(["w.id", "w.name", "w.follow"])
    .orderBy("w.name")
    .limit(filter.limit)
    .execute();
  return rows.map((row) => ({ ...row, follow: row.follow as FollowSetting, uses: Number(row.uses) }));
}

function noUses(): Record<ImageUseStatus, number> {
  return Object.fromEntries(imageUseStatuses.map((status) => [status, 0])) as Record<ImageUseStatus, number>;
}

/** What the built-in checks of one workspace look at. */
export interface CheckedWorkspace {
  readonly ageDaysMax: number | null;
  readonly behindDaysMax: number | null;
  readonly uses: readonly CheckedUse[];
}

export interface CheckedUse {
  readonly resource: string;
  readonly bucketName: string | null;
  readonly versionName: string | null;
  readonly status: ImageUseStatus;
  readonly channelName: string | null;
  readonly versionCreatedAt: Millis | null;
  readonly revokeAt: Millis | null;
  readonly behindSince: Millis | null;
}

/** Settings and uses of these workspaces, in the order of their resources; those that are gone are left out. Two statements. */
export async function readCheckedWorkspaces(
  db: Db,
  workspaceIds: readonly string[],
  now: Millis,
): Promise<ReadonlyMap<string, CheckedWorkspace>> {
  if (workspaceIds.length === 0) return new Map();
  const workspaces = await db
    .selectFrom("workspaces")
    .select(["id", "image_age_days_max", "image_behind_days_max"])
    .where("id", "in", workspaceIds)
    .execute();
  const rows = await selectUses(db)
    .where("u.workspace_id", "in", workspaceIds)
    .select([
      "u.workspace_id",
      "u.resource",
      "u.bucket_name",
      "u.version_name",
      "v.created_at as version_created_at",
      "v.revoke_at",
      "cc.name as channel_name",
      statusAt(now).as("status"),
      behindSince.as("behind_since"),
    ])
    .orderBy("u.workspace_id")
    .orderBy("u.resource")
    .orderBy("u.attribute")
    .orderBy("u.external_identifier")
    .execute();
  const uses = new Map<string, CheckedUse[]>(workspaces.map((workspace) => [workspace.id, []]));
  for (const row of rows) {
    uses.get(row.workspace_id)?.push({
      resource: row.resource,
      bucketName: row.bucket_name,
      versionName: row.version_name,
      status: row.status,
      channelName: row.channel_name,
      versionCreatedAt: row.version_created_at,
      revokeAt: row.revoke_at,
      behindSince: row.behind_since,
    });
  }
  return new Map(
    workspaces.map((workspace) => [
      workspace.id,
      {
        ageDaysMax: workspace.image_age_days_max,
        behindDaysMax: workspace.image_behind_days_max,
        uses: uses.get(workspace.id) ?? [],
      },
    ]),
  );
}

type Cursor = readonly [string, string, string, string];

function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString("base64url");
}

function decodeCursor(text: string): Cursor {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    if (Array.isArray(value) && value.length === 4 && value.every((part) => typeof part === "string"))
      return value as unknown as Cursor;
  } catch {
    // Falls through: any text that is not a cursor gets the same answer.
  }
  throw new DomainError("invalid", "bad_cursor", "`after` is not the `next` of an earlier page.");
}
