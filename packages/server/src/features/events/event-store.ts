import type { ProjectScope } from "../access/index.ts";
import { inProjectsOrNone } from "../../db/in-projects.ts";
import type { Selectable } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import type { Events } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import type { Event, EventKind } from "./event.ts";

function toEvent(row: Selectable<Events>): Event {
  return {
    id: row.id,
    kind: row.kind as EventKind,
    organizationId: row.organization_id,
    projectId: row.project_id,
    workspaceId: row.workspace_id,
    summary: row.summary,
    actorName: row.actor_name,
    data: JSON.parse(row.data) as Record<string, unknown>,
    at: row.created_at,
  };
}

export async function insertEvent(tx: Tx, event: Event): Promise<void> {
  await tx
    .insertInto("events")
    .values({
      id: event.id,
      kind: event.kind,
      organization_id: event.organizationId,
      project_id: event.projectId,
      workspace_id: event.workspaceId,
      summary: event.summary,
      actor_name: event.actorName,
      data: JSON.stringify(event.data),
      created_at: event.at,
    })
    .execute();
}

export async function findEvent(db: Db, id: string): Promise<Event | undefined> {
  const row = await db.selectFrom("events").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toEvent(row);
}

export interface EventFilter {
  readonly organizationId: string;
  /** With what belongs to the organization as a whole. */
  readonly projects: ProjectScope;
  readonly workspaceId?: string;
  /** The id of the last event of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/** Newest first. One statement. */
export async function listEvents(db: Db, filter: EventFilter): Promise<Event[]> {
  let query = db.selectFrom("events").selectAll().where("organization_id", "=", filter.organizationId);
  const { projects, workspaceId, after } = filter;
  query = query.where(inProjectsOrNone("project_id", projects));
  if (workspaceId !== undefined) query = query.where("workspace_id", "=", workspaceId);
  if (after !== undefined) query = query.where("id", "<", after);
  return (await query.orderBy("id", "desc").limit(filter.limit).execute()).map(toEvent);
}

/** Of every organization, since a moment, oldest first, at most `limit`: what a live stream reads again and again. */
export async function listEventsSince(db: Db, since: Millis, limit: number): Promise<Event[]> {
  const rows = await db
    .selectFrom("events")
    .selectAll()
    .where("created_at", ">=", since)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  return rows.reverse().map(toEvent);
}

export async function deleteEventsBefore(db: Db, before: Millis): Promise<void> {
  await db.deleteFrom("events").where("created_at", "<", before).execute();
}
