import { PassThrough } from "node:stream";
import { Type, type Static } from "typebox";
import { may, projectScope, type Actor } from "../../features/access/index.ts";
import { listEvents, type Event } from "../../features/events/index.ts";
import { listWorkspaceNames } from "../../features/workspaces/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { ok, type Route } from "../shared/plane.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import { limitOf, Nullable, pageQuery, Time, WorkspaceRef } from "./list-query.ts";

export const EventSchema = Type.Object({
  id: Type.String(),
  kind: Type.String({ description: "such as run.applied, channel.assigned, version.revoked, alert.opened" }),
  at: Time,
  summary: Type.String({ description: "one sentence for people" }),
  /** Null: a rule did it. */
  actor: Nullable(Type.String()),
  workspace: Nullable(WorkspaceRef),
  data: Type.Record(Type.String(), Type.Unknown()),
});
export type EventView = Static<typeof EventSchema>;

export const EventListSchema = Type.Object({ events: Type.Array(EventSchema), next: Nullable(Type.String()) });

const EventsQuery = Type.Object(
  { workspace: Type.Optional(Type.String({ maxLength: 64 })), ...pageQuery },
  { additionalProperties: false },
);

// Proxies close what is silent for a minute.
const keepAliveMs = 20_000;
const replayedMax = 200;

/** What happened: as a list, and live. */
export function eventRoutes(deps: ConsoleDeps): Route[] {
  const present = async (events: readonly Event[]): Promise<EventView[]> => {
    const names = await listWorkspaceNames(deps.db, [...new Set(events.flatMap((e) => e.workspaceId ?? []))]);
    return events.map((event) => ({
      id: event.id,
      kind: event.kind,
      at: toRfc3339(event.at),
      summary: event.summary,
      actor: event.actorName,
      workspace:
        event.workspaceId === null ? null : { id: event.workspaceId, name: names.get(event.workspaceId) ?? "" },
      data: event.data,
    }));
  };
  return [
    {
      method: "GET",
      path: "/events",
      needs: "event:read",
      audit: "event.list",
      doc: { summary: "What happened, newest first", reply: EventListSchema },
      query: EventsQuery,
      handle: async ({ actor, query }) => {
        const { workspace, after, limit } = query as Static<typeof EventsQuery>;
        const size = limitOf(limit);
        const found = await listEvents(deps.db, {
          organizationId: actor.organizationId,
          projects: projectScope(actor),
          limit: size + 1,
          ...(workspace === undefined ? {} : { workspaceId: workspace }),
          ...(after === undefined ? {} : { after }),
        });
        const page = found.slice(0, size);
        return ok({ events: await present(page), next: found.length > size ? (page.at(-1)?.id ?? null) : null });
      },
    },
    {
      method: "GET",
      path: "/events/stream",
      needs: "event:read",
      audit: "event.stream",
      doc: {
        summary: "What happens, as server-sent events",
        description:
          "Each message has the event's id, and the event as JSON in `data`. After a break the header Last-Event-ID says where to go on; more than 200 events later a client should read its lists anew.",
        contentType: "text/event-stream",
      },
      handle: async ({ actor, request }) => {
        const stream = new PassThrough();
        const send = async (events: readonly Event[]): Promise<void> => {
          for (const view of await present(events)) {
            stream.write(`id: ${view.id}\ndata: ${JSON.stringify(view)}\n\n`);
          }
        };
        stream.write(": connected\nretry: 2000\n\n");
        const last = request.headers["last-event-id"];
        if (typeof last === "string" && last !== "") {
          const filter = { organizationId: actor.organizationId, projects: projectScope(actor), limit: replayedMax };
          await send((await listEvents(deps.db, filter)).filter((event) => event.id > last).reverse());
        }
        const stopListening = deps.feed.listen({
          onEvent: (event) => {
            if (concerns(actor, event)) send([event]).catch(() => stream.end());
          },
          onClose: () => stream.end(),
        });
        const keepAlive = setInterval(() => stream.write(": still here\n\n"), keepAliveMs).unref();
        stream.once("close", () => {
          clearInterval(keepAlive);
          stopListening();
        });
        request.raw.once("close", () => stream.destroy());
        return {
          status: 200,
          body: stream,
          contentType: "text/event-stream; charset=utf-8",
          // nginx would keep the messages until its buffer is full.
          headers: { "cache-control": "no-store", "x-accel-buffering": "no" },
        };
      },
    },
  ];
}

function concerns(actor: Actor, event: Event): boolean {
  const { organizationId, projectId } = event;
  return projectId === null
    ? organizationId === actor.organizationId && projectScope(actor)?.length !== 0
    : may(actor, "event:read", { organizationId, projectId });
}
