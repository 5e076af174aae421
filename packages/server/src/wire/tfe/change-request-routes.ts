import { Type, type Static } from "typebox";
import {
  archiveChangeRequest,
  getChangeRequest,
  listChangeRequests,
  startBulkAction,
  type Author,
  type BulkAction,
  type ChangeRequest,
} from "../../features/change-requests/index.ts";
import { checkExplorerQuery } from "../../features/explorer/index.ts";
import { findWorkspace, visibleWorkspace } from "../../features/workspaces/index.ts";
import { toRfc3339, toRfc3339OrNull } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import { askedInBody, QueryBody } from "./explorer-asked.ts";
import { document, maybe, pageDocument, pageOf, param, queryText, toOne, type Resource } from "./json-api.ts";
import { checkOrganization } from "./organization-routes.ts";
import type { TfeDeps } from "./tfe-deps.ts";

const BulkActionMembers = Type.Object({
  action_type: Type.String({ maxLength: 100 }),
  action_inputs: Type.Object({ subject: Type.String(), message: Type.String() }),
  target_ids: maybe(Type.Array(Type.String({ maxLength: 255 }), { maxItems: 10_000 })),
  query: maybe(QueryBody),
});
type BulkActionMembers = Static<typeof BulkActionMembers>;

/** The members of `data` itself, as older references have it, or of its attributes. */
const BulkActionBody = Type.Object({
  data: Type.Union([Type.Object({ attributes: BulkActionMembers }), BulkActionMembers]),
});

/** What is to be done in workspaces. Source: HCP Terraform API, change requests; the published document. */
export function changeRequestRoutes(deps: TfeDeps): Route[] {
  const read = async (call: Call): Promise<Reply> =>
    document(presentChangeRequest(await getChangeRequest(deps.db, call.actor, param(call, "change_request_id"))));
  return [
    {
      method: "POST",
      path: "/organizations/:organization/explorer/bulk-actions",
      needs: "change-request:create",
      audit: "explorer-bulk-action.create",
      body: BulkActionBody,
      handle: async (call) => {
        const { externalId } = await checkOrganization(deps.db, call);
        const { action_type: type, action_inputs: words, target_ids: ids, query } = membersOf(call);
        // The table of the reference has the one, its sample the other.
        if (type !== "change_request" && type !== "change_requests") {
          throw new DomainError("invalid", "bulk_action_type", "action_type must be change_requests.");
        }
        const action = await startBulkAction(deps, call.actor, {
          ...words,
          workspaceIds: ids ?? undefined,
          query: query == null ? undefined : checkExplorerQuery(askedInBody(query, "workspaces")),
        });
        return document(presentBulkAction(action, externalId, type), [], 201);
      },
    },
    {
      method: "GET",
      path: "/workspaces/:workspace_id/change-requests",
      needs: "workspace:read",
      audit: "change-request.list",
      handle: async (call) => {
        const { id } = visibleWorkspace(call.actor, await findWorkspace(deps.db, param(call, "workspace_id")));
        const page = pageOf(call);
        const archived = archivedOf(call);
        const filter = { workspaceId: id, ...(archived === undefined ? {} : { archived }) };
        return pageDocument(page, await listChangeRequests(deps.db, filter, page), presentChangeRequest);
      },
    },
    {
      method: "GET",
      path: "/change-requests/:change_request_id",
      needs: "workspace:read",
      audit: "change-request.read",
      handle: read,
    },
    {
      method: "GET",
      path: "/change-requests/:change_request_id/actions/archive",
      needs: "workspace:read",
      audit: "change-request.read-archive",
      handle: read,
    },
    {
      method: "POST",
      path: "/change-requests/:change_request_id/actions/archive",
      needs: "change-request:archive",
      audit: "change-request.archive",
      handle: async (call) =>
        document(presentChangeRequest(await archiveChangeRequest(deps, call.actor, param(call, "change_request_id")))),
    },
  ];
}

function membersOf(call: Call): BulkActionMembers {
  const { data } = call.body as Static<typeof BulkActionBody>;
  return "attributes" in data ? data.attributes : data;
}

/** Errors: invalid/archive_parameter. */
function archivedOf(call: Call): boolean | undefined {
  const text = queryText(call, "archive");
  if (text === undefined || text === "") return undefined;
  if (text === "true" || text === "false") return text === "true";
  throw new DomainError("invalid", "archive_parameter", "archive must be true or false; without it both are listed.");
}

function presentChangeRequest(request: ChangeRequest): Resource {
  const { archivedBy } = request;
  return {
    id: request.id,
    type: "workspace-change-requests",
    attributes: {
      subject: request.subject,
      message: request.message,
      "archived-by": archivedBy?.id ?? null,
      "archived-at": toRfc3339OrNull(request.archivedAt),
      "created-at": toRfc3339(request.createdAt),
      "updated-at": toRfc3339(request.updatedAt),
    },
    relationships: {
      workspace: toOne("workspaces", request.workspaceId),
      "created-by": toPerson(request.createdBy),
      "archived-by-user": toPerson(archivedBy),
    },
    links: { self: `/api/v2/change-requests/${request.id}` },
  };
}

/** Tokens of teams and of organizations are no users. */
function toPerson(author: Author | null) {
  const isUser = author?.kind === "user" || author?.kind === "service_principal";
  return toOne("users", isUser ? author.id : null);
}

function presentBulkAction(action: BulkAction, organizationId: string, type: string): Resource {
  const { createdBy } = action;
  const types: Readonly<Record<string, string>> = { team: "teams", organization: "organizations" };
  return {
    id: action.id,
    type: "explorer_bulk_actions",
    attributes: {
      organization_id: organizationId,
      action_type: type,
      action_inputs: { subject: action.subject, message: action.message },
      created_by: { id: createdBy.id, type: types[createdBy.kind] ?? "users" },
    },
  };
}
