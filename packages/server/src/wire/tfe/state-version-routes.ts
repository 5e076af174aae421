import { Type } from "typebox";
import { findRun } from "../../features/runs/index.ts";
import {
  createStateVersion,
  findCurrentStateVersion,
  getOutput,
  getStateVersion,
  listOutputs,
  listStateVersions,
  readJsonState,
  readState,
  rollBackState,
  uploadJsonState,
  type StateVersion,
  type StoredOutput,
} from "../../features/state-versions/index.ts";
import {
  findWorkspace,
  findWorkspaceByName,
  stateReadable,
  visibleWorkspace,
  type Workspace,
} from "../../features/workspaces/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { offsetOf } from "../../platform/paging.ts";
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
import { narrowToOrganization } from "./narrow-to-organization.ts";
import { presentOutput, presentStateVersion } from "./present-state-version.ts";
import { isCloudBlock } from "./client-engine.ts";
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

const RollbackBody = resourceBody("state-versions", {}, { "rollback-state-version": relationTo("state-versions") });

interface Attributes {
  readonly serial: number;
  readonly md5: string;
  readonly lineage: string;
  readonly force: boolean;
  readonly state: string;
  readonly "json-state": string;
  readonly "json-state-outputs": string;
}

// Terraform 1.5 sends the state inside the document, a third larger for its encoding.
const bodyBytesMax = 192 * 1024 * 1024;

/**
 * Whose state somebody may read is asked where the state is at hand: the credential of a run has no role at all, and reads
 * what is shared with its workspace.
 */
const readers = "organization:read";

export function stateVersionRoutes(deps: TfeDeps): Route[] {
  const workspaceOf = async (call: Call, needs?: "state:read-outputs"): Promise<Workspace> =>
    stateReadable(deps.db, call.actor, await findWorkspace(deps.db, param(call, "workspace_id")), needs);
  const reply = async (call: Call, version: StateVersion, status = 200, awaited?: true): Promise<Reply> => {
    const outputs = await listOutputs(deps.db, deps.sealer, version.id);
    const included = includes(call).has("outputs")
      ? outputs.map((output) => presentOutput(output, !output.sensitive))
      : [];
    const options = awaited === undefined ? {} : { awaited };
    return document(await presentStateVersion(deps, version, outputs, options), included, status);
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
          // Under its lock the command line has compared the two by itself, and its `state push -force` says false all the
          // same. Source: Terraform, internal/command/state_push.go; internal/cloud/state.go.
          force: given.force === true || isCloudBlock(call.request),
          runId: await runOf(deps, call),
          state: given.state === undefined ? undefined : Buffer.from(given.state, "base64"),
          jsonOutputs: outputs === undefined ? undefined : Buffer.from(outputs, "base64").toString("utf8"),
        });
        const json = given["json-state"];
        if (json !== undefined) await uploadJsonState(deps, version.id, Buffer.from(json, "base64"));
        const created = await getStateVersion(deps.db, call.actor, version.id);
        return reply(call, created, 201, given.state === undefined ? true : undefined);
      },
    },
    {
      method: "PATCH",
      path: "/workspaces/:workspace_id/state-versions",
      needs: "state:write",
      audit: "state-version.roll-back",
      body: RollbackBody,
      handle: async (call) => {
        const wanted = relatedId(call, "rollback-state-version") ?? "";
        const version = await rollBackState(deps, call.actor, param(call, "workspace_id"), wanted);
        return reply(call, version);
      },
    },
    {
      method: "GET",
      path: "/workspaces/:workspace_id/current-state-version",
      needs: readers,
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
      needs: readers,
      audit: "state-version.list-current-outputs",
      handle: async (call) => {
        const current = await findCurrentStateVersion(deps.db, (await workspaceOf(call, "state:read-outputs")).id);
        const outputs = current === undefined ? [] : await listOutputs(deps.db, deps.sealer, current.id);
        // An empty list and not 404, also without a state. Source: Terraform, internal/cloud/state.go.
        return listDocument(outputs, (output) => presentOutput(output, !output.sensitive));
      },
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
      needs: readers,
      audit: "state-version.read",
      handle: async (call) => reply(call, await getStateVersion(deps.db, call.actor, param(call, "id"))),
    },
    {
      method: "GET",
      path: "/state-versions/:id/outputs",
      needs: readers,
      audit: "state-version.list-outputs",
      handle: async (call) => {
        const version = await getStateVersion(deps.db, call.actor, param(call, "id"), "state:read-outputs");
        const outputs = await listOutputs(deps.db, deps.sealer, version.id);
        // Values and all: whoever may ask for this may read the whole state. Source: go-tfe
        // state_version_integration_test.go.
        const present = (output: StoredOutput) => presentOutput(output, true);
        if (queryText(call, "page[number]") === undefined) return listDocument(outputs, present);
        const page = pageOf(call);
        const items = outputs.slice(offsetOf(page), offsetOf(page) + page.size);
        return pageDocument(page, { items, total: outputs.length }, present);
      },
    },
    {
      method: "GET",
      path: "/state-version-outputs/:id",
      needs: readers,
      audit: "state-version.read-output",
      // Where the command line asks for a sensitive value.
      handle: async (call) => document(presentOutput(await getOutput(deps, call.actor, param(call, "id")), true)),
    },
    {
      // Byte for byte as it was uploaded: the command line compares digests, and encrypted states are not JSON to anybody.
      method: "GET",
      path: "/state-versions/:id/download",
      needs: readers,
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
      needs: readers,
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
  const organization = queryText(call, "filter[organization][name]");
  const { organizationId } =
    organization === undefined ? call.actor : await narrowToOrganization(deps.db, call.actor, { organization });
  const workspace = visibleWorkspace(call.actor, await findWorkspaceByName(deps.db, organizationId, name));
  const page = pageOf(call);
  const { items, total } = await listStateVersions(deps.db, workspace.id, page);
  const resources = await Promise.all(items.map((version) => presentStateVersion(deps, version, [])));
  return pageDocument(page, { items: resources, total }, (resource) => resource);
}

/** The run that a new state says it comes from. Errors: not_found/run_not_found. */
async function runOf(deps: TfeDeps, call: Call): Promise<string | null> {
  const id = relatedId(call, "run");
  if (id === undefined) return null;
  const run = await findRun(deps.db, id);
  if (run?.workspaceId === param(call, "workspace_id")) return run.id;
  throw new DomainError("not_found", "run_not_found", "There is no such run in this workspace.");
}
