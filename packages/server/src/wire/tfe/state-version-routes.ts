import { Type } from "typebox";
import {
  createStateVersion,
  findCurrentStateVersion,
  getOutput,
  getStateVersion,
  listOutputs,
  listStateVersions,
  readJsonState,
  readState,
  type StateVersion,
} from "../../features/state-versions/index.ts";
import {
  findWorkspace,
  findWorkspaceByName,
  visibleWorkspace,
  type Workspace,
} from "../../features/workspaces/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import {
  attributesOf,
  document,
  includes,
  listDocument,
  maybe,
  pageDocument,
  pageOf,
  param,
  queryText,
  relatedId,
  relationTo,
  resourceBody,
} from "./json-api.ts";
import { presentOutput, presentStateVersion } from "./present-state-version.ts";
import type { TfeDeps } from "./tfe-deps.ts";

const base64 = maybe(Type.String({ pattern: "^[A-Za-z0-9+/\\s]*={0,2}\\s*$" }));
const CreateBody = resourceBody(
  "state-versions",
  {
    serial: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    md5: Type.String({ pattern: "^[0-9a-f]{32}$" }),
    lineage: maybe(Type.String({ maxLength: 255 })),
    force: maybe(Type.Boolean()),
    state: base64,
    "json-state": base64,
    "json-state-outputs": base64,
  },
  { run: relationTo("runs") },
);

interface Attributes {
  readonly serial: number;
  readonly md5: string;
  readonly lineage: string;
  readonly force: boolean;
  readonly state: string;
  readonly "json-state-outputs": string;
}

// Terraform 1.5 sends the state inside the document, a third larger for its encoding.
const bodyBytesMax = 192 * 1024 * 1024;

export function stateVersionRoutes(deps: TfeDeps): Route[] {
  const workspaceOf = async (call: Call): Promise<Workspace> =>
    visibleWorkspace(call.actor, await findWorkspace(deps.db, param(call, "workspace_id")));
  const outputsOf = async (call: Call, version: StateVersion | undefined): Promise<Reply> => {
    const outputs = version === undefined ? [] : await listOutputs(deps.db, deps.sealer, version.id);
    // An empty list and not 404, also without a state. Source: Terraform, internal/cloud/state.go.
    return listDocument(outputs, (output) => presentOutput(output, !output.sensitive));
  };
  const reply = async (call: Call, version: StateVersion, status = 200): Promise<Reply> => {
    const outputs = await listOutputs(deps.db, deps.sealer, version.id);
    const included = includes(call).has("outputs")
      ? outputs.map((output) => presentOutput(output, !output.sensitive))
      : [];
    return document(await presentStateVersion(deps, version, outputs), included, status);
  };
  return [
    {
      method: "POST",
      path: "/workspaces/:workspace_id/state-versions",
      needs: "state:write",
      audit: "state-version.create",
      body: CreateBody,
      bodyBytesMax,
      handle: async (call) => {
        const given = attributesOf<Attributes>(call);
        const outputs = given["json-state-outputs"];
        const version = await createStateVersion(deps, call.actor, param(call, "workspace_id"), {
          serial: given.serial ?? 0,
          md5: given.md5 ?? "",
          lineage: given.lineage ?? "",
          force: given.force ?? false,
          runId: relatedId(call, "run") ?? null,
          state: given.state === undefined ? undefined : Buffer.from(given.state, "base64"),
          jsonOutputs: outputs === undefined ? undefined : Buffer.from(outputs, "base64").toString("utf8"),
        });
        return reply(call, version, 201);
      },
    },
    {
      method: "GET",
      path: "/workspaces/:workspace_id/current-state-version",
      needs: "state:read",
      audit: "state-version.read-current",
      handle: async (call) => {
        const { id } = await workspaceOf(call);
        const current = await findCurrentStateVersion(deps.db, id);
        if (current === undefined) {
          throw new DomainError("not_found", "state_version_not_found", "The workspace has no state yet.");
        }
        return reply(call, current);
      },
    },
    {
      method: "GET",
      path: "/workspaces/:workspace_id/current-state-version-outputs",
      needs: "state:read",
      audit: "state-version.list-current-outputs",
      handle: async (call) => outputsOf(call, await findCurrentStateVersion(deps.db, (await workspaceOf(call)).id)),
    },
    {
      method: "GET",
      path: "/state-versions",
      needs: "state:read",
      audit: "state-version.list",
      handle: async (call) => listReply(deps, call),
    },
    {
      method: "GET",
      path: "/state-versions/:id",
      needs: "state:read",
      audit: "state-version.read",
      handle: async (call) => reply(call, await getStateVersion(deps.db, call.actor, param(call, "id"))),
    },
    {
      method: "GET",
      path: "/state-versions/:id/outputs",
      needs: "state:read",
      audit: "state-version.list-outputs",
      handle: async (call) => outputsOf(call, await getStateVersion(deps.db, call.actor, param(call, "id"))),
    },
    {
      method: "GET",
      path: "/state-version-outputs/:id",
      needs: "state:read",
      audit: "state-version.read-output",
      // The one place where a sensitive value is shown: the command line asks for it by its id.
      handle: async (call) => document(presentOutput(await getOutput(deps, call.actor, param(call, "id")), true)),
    },
    {
      // Byte for byte as it was uploaded: the command line compares digests, and encrypted states are not JSON to anybody.
      method: "GET",
      path: "/state-versions/:id/download",
      needs: "state:read",
      audit: "state-version.download",
      handle: async (call) => {
        const version = await getStateVersion(deps.db, call.actor, param(call, "id"));
        const { bytes } = await readState(deps, version.id);
        return { status: 200, body: bytes, contentType: "application/octet-stream" };
      },
    },
    {
      method: "GET",
      path: "/state-versions/:id/json-download",
      needs: "state:read",
      audit: "state-version.download-json",
      handle: async (call) => {
        const version = await getStateVersion(deps.db, call.actor, param(call, "id"));
        return { status: 200, body: await readJsonState(deps, version), contentType: "application/octet-stream" };
      },
    },
  ];
}

async function listReply(deps: TfeDeps, call: Call): Promise<Reply> {
  const name = queryText(call, "filter[workspace][name]");
  if (name === undefined) {
    throw new DomainError(
      "invalid",
      "workspace_missing",
      "Give filter[workspace][name] and filter[organization][name].",
    );
  }
  const found = await findWorkspaceByName(deps.db, call.actor.organizationId, name);
  const organization = queryText(call, "filter[organization][name]");
  const workspace = visibleWorkspace(
    call.actor,
    organization === undefined || found?.organizationName === organization ? found : undefined,
  );
  const page = pageOf(call);
  const { items, total } = await listStateVersions(deps.db, workspace.id, page);
  const resources = await Promise.all(items.map((version) => presentStateVersion(deps, version, [])));
  return pageDocument(page, { items: resources, total }, (resource) => resource);
}
