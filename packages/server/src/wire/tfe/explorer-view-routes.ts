import { Type, type Static } from "typebox";
import {
  changeSavedView,
  checkExplorerQuery,
  createSavedView,
  deleteSavedView,
  getSavedView,
  listViews,
  type ExplorerQuery,
} from "../../features/explorer/index.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import { askedInBody, QueryBody } from "./explorer-asked.ts";
import { document, maybe, pageDocument, pageOf, param } from "./json-api.ts";
import { checkOrganization } from "./organization-routes.ts";
import { presentSavedView } from "./present-explorer.ts";
import type { TfeDeps } from "./tfe-deps.ts";

type Answer = (deps: TfeDeps, call: Call, query: ExplorerQuery) => Promise<Reply>;

const Members = {
  name: maybe(Type.String({ maxLength: 1000 })),
  query_type: maybe(Type.String({ maxLength: 100 })),
  "query-type": maybe(Type.String({ maxLength: 100 })),
  query: maybe(QueryBody),
};
type Members = Static<ReturnType<typeof Type.Object<typeof Members>>>;

/** The reference names the members of `data` itself, its samples show them as attributes: both are taken. */
const ViewBody = Type.Object({
  data: Type.Object({
    ...Members,
    type: maybe(Type.Literal("explorer-saved-queries")),
    attributes: maybe(Type.Object(Members)),
  }),
});

/** Questions that an organization keeps, and their answers of now. Source: HCP Terraform API, explorer, saved views. */
export function explorerViewRoutes(
  deps: TfeDeps,
  answers: { readonly answerPage: Answer; readonly answerCsv: Answer },
): Route[] {
  const path = "/organizations/:organization/explorer/views";
  const viewOf = async (call: Call) => {
    await checkOrganization(deps.db, call);
    return getSavedView(deps.db, call.actor, param(call, "explorer_view_id"));
  };
  return [
    {
      method: "GET",
      path,
      needs: "workspace:read",
      audit: "explorer-view.list",
      handle: async (call) => {
        const { id } = await checkOrganization(deps.db, call);
        const page = pageOf(call);
        return pageDocument(page, await listViews(deps.db, id, page), presentSavedView);
      },
    },
    {
      method: "POST",
      path,
      needs: "explorer-view:write",
      audit: "explorer-view.create",
      body: ViewBody,
      handle: async (call) => {
        await checkOrganization(deps.db, call);
        const { name, query } = membersOf(call);
        const view = await createSavedView(deps, call.actor, {
          name,
          query: query ?? checkExplorerQuery({ type: undefined }),
        });
        return document(presentSavedView(view), [], 201);
      },
    },
    {
      method: "GET",
      path: `${path}/:explorer_view_id`,
      needs: "workspace:read",
      audit: "explorer-view.read",
      handle: async (call) => document(presentSavedView(await viewOf(call))),
    },
    {
      method: "PATCH",
      path: `${path}/:explorer_view_id`,
      needs: "explorer-view:write",
      audit: "explorer-view.update",
      body: ViewBody,
      handle: async (call) => {
        const known = await viewOf(call);
        const change = membersOf(call, known.query.view);
        return document(presentSavedView(await changeSavedView(deps, call.actor, known.id, change)));
      },
    },
    {
      method: "DELETE",
      path: `${path}/:explorer_view_id`,
      needs: "explorer-view:write",
      audit: "explorer-view.delete",
      handle: async (call) => {
        const { id } = await viewOf(call);
        return document(presentSavedView(await deleteSavedView(deps.db, call.actor, id)));
      },
    },
    {
      method: "GET",
      path: `${path}/:explorer_view_id/results`,
      needs: "workspace:read",
      audit: "explorer-view.query",
      handle: async (call) => answers.answerPage(deps, call, (await viewOf(call)).query),
    },
    {
      method: "GET",
      path: `${path}/:explorer_view_id/csv`,
      needs: "workspace:read",
      audit: "explorer-view.export",
      handle: async (call) => answers.answerCsv(deps, call, (await viewOf(call)).query),
    },
  ];
}

/** `otherwise`: the type of view when neither the question nor what is beside it says. */
function membersOf(call: Call, otherwise?: string): { name: string | undefined; query: ExplorerQuery | undefined } {
  const { data } = call.body as { data: Members & { attributes?: Members | null } };
  const members: Members = { ...data, ...data.attributes };
  const type = members["query-type"] ?? members.query_type ?? otherwise;
  const asked = members.query ?? (type === undefined || type === otherwise ? undefined : {});
  return {
    name: members.name ?? undefined,
    query: asked === undefined ? undefined : checkExplorerQuery(askedInBody(asked, type)),
  };
}
