import { Type } from "typebox";
import {
  commentOnRun,
  getComment,
  getRun,
  getRunEvent,
  listComments,
  listRunEvents,
  type RunComment,
  type RunEvent,
} from "../../features/runs/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import { document, includes, listDocument, param, resourceBody, toOne, type Resource } from "./json-api.ts";
import { presentAuthor } from "./present-run.ts";
import type { TfeDeps } from "./tfe-deps.ts";

const CommentBody = resourceBody("comments", { body: Type.String() });

/** What happened to a run, and what people said about it. */
export function runHistoryRoutes(deps: TfeDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/runs/:run_id/comments",
      needs: "run:read",
      audit: "comment.list",
      handle: async (call) => {
        const run = await getRun(deps.db, call.actor, param(call, "run_id"));
        return listDocument(await listComments(deps.db, [run.id]), presentComment);
      },
    },
    {
      method: "POST",
      path: "/runs/:run_id/comments",
      needs: "run:create",
      audit: "comment.create",
      body: CommentBody,
      handle: async (call) => {
        const { data } = call.body as { data: { attributes?: { body: string } } };
        const comment = await commentOnRun(deps, call.actor, param(call, "run_id"), data.attributes?.body ?? "");
        return document(presentComment(comment), [], 201);
      },
    },
    {
      method: "GET",
      path: "/comments/:comment_id",
      needs: "run:read",
      audit: "comment.read",
      handle: async (call) =>
        document(presentComment(await getComment(deps.db, call.actor, param(call, "comment_id")))),
    },
    {
      // Missing it would end every command. Not paged. Source: Terraform, internal/cloud/backend_run_warning.go.
      method: "GET",
      path: "/runs/:run_id/run-events",
      needs: "run:read",
      audit: "run.list-events",
      handle: async (call) => {
        const run = await getRun(deps.db, call.actor, param(call, "run_id"));
        const events = await listRunEvents(deps.db, [run.id]);
        const included = await includedOf(deps, call, events);
        return {
          status: 200,
          body: { data: events.map(presentRunEvent), ...(included.length === 0 ? {} : { included }) },
        } satisfies Reply;
      },
    },
    {
      method: "GET",
      path: "/run-events/:run_event_id",
      needs: "run:read",
      audit: "run.read-event",
      handle: async (call) => {
        const event = await getRunEvent(deps.db, call.actor, param(call, "run_event_id"));
        return document(presentRunEvent(event), await includedOf(deps, call, [event]));
      },
    },
  ];
}

async function includedOf(deps: TfeDeps, call: Call, events: readonly RunEvent[]): Promise<Resource[]> {
  const wanted = includes(call);
  const actors = new Map(events.flatMap(({ actor }) => (actor === null ? [] : [[actor.id, presentAuthor(actor)]])));
  const comments = wanted.has("comment") ? await listComments(deps.db, [...new Set(events.map((e) => e.runId))]) : [];
  const asked = new Set(events.map((event) => event.commentId));
  return [
    ...(wanted.has("actor") ? actors.values() : []),
    ...comments.filter((comment) => asked.has(comment.id)).map(presentComment),
  ];
}

function presentComment(comment: RunComment): Resource {
  return {
    id: comment.id,
    type: "comments",
    attributes: { body: comment.body, "created-at": toRfc3339(comment.at) },
    relationships: { "created-by": toOne("users", comment.author.id) },
    links: { self: `/api/v2/comments/${comment.id}` },
  };
}

function presentRunEvent(event: RunEvent): Resource {
  return {
    id: event.id,
    type: "run-events",
    attributes: { action: event.action, description: event.description, "created-at": toRfc3339(event.at) },
    relationships: {
      run: toOne("runs", event.runId),
      actor: toOne("users", event.actor?.id ?? null),
      comment: toOne("comments", event.commentId),
    },
    links: { self: `/api/v2/run-events/${event.id}` },
  };
}
