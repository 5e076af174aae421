import { Readable } from "node:stream";
import { stringify } from "csv-stringify";
import { workspaceScope } from "../../features/access/index.ts";
import {
  checkExplorerQuery,
  explore,
  exportRows,
  type ExplorerQuery,
  type ExplorerScope,
} from "../../features/explorer/index.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import { askedInQuery } from "./explorer-asked.ts";
import { explorerViewRoutes } from "./explorer-view-routes.ts";
import { pageDocument, pageOf } from "./json-api.ts";
import { checkOrganization } from "./organization-routes.ts";
import { csvRecord, presentExplorerRow } from "./present-explorer.ts";
import type { TfeDeps } from "./tfe-deps.ts";

/** Questions about all workspaces of an organization that the caller may read. */
export function explorerRoutes(deps: TfeDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/organizations/:organization/explorer",
      needs: "workspace:read",
      audit: "explorer.query",
      handle: async (call) => answerPage(deps, call, checkExplorerQuery(askedInQuery(call))),
    },
    {
      method: "GET",
      path: "/organizations/:organization/explorer/export/csv",
      needs: "workspace:read",
      audit: "explorer.export",
      handle: async (call) => answerCsv(deps, call, checkExplorerQuery(askedInQuery(call))),
    },
    ...explorerViewRoutes(deps, { answerPage, answerCsv }),
  ];
}

async function scopeOf(deps: TfeDeps, call: Call): Promise<ExplorerScope> {
  const { id } = await checkOrganization(deps.db, call);
  return { organizationId: id, ...workspaceScope(call.actor) };
}

async function answerPage(deps: TfeDeps, call: Call, query: ExplorerQuery): Promise<Reply> {
  const scope = await scopeOf(deps, call);
  const page = pageOf(call);
  return pageDocument(page, await explore(deps.db, scope, query, page), (row) => presentExplorerRow(query, row));
}

/** Every value is quoted, the names are not. Source: HCP Terraform API, explorer, export data as CSV. */
async function answerCsv(deps: TfeDeps, call: Call, query: ExplorerQuery): Promise<Reply> {
  const scope = await scopeOf(deps, call);
  const lines = Readable.from(exportRows(deps.db, scope, query)).map((row) => csvRecord(query, row));
  // What a spreadsheet would take for a formula is given as a text.
  const csv = lines.compose(stringify({ quoted: true, quoted_empty: true, escape_formulas: true }));
  return {
    status: 200,
    contentType: "text/csv; charset=utf-8",
    headers: { "content-disposition": `attachment; filename="${query.view}.csv"` },
    body: Readable.from(withHeader(query, csv)),
  };
}

async function* withHeader(
  query: ExplorerQuery,
  lines: AsyncIterable<unknown>,
): AsyncGenerator<Buffer, void, undefined> {
  yield Buffer.from(`${query.fields.join(",")}\n`);
  for await (const chunk of lines) yield Buffer.from(chunk as Buffer);
}
