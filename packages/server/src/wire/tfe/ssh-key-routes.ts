import { Type } from "typebox";
import { checkOrganizationWide } from "../../features/access/index.ts";
import {
  changeSshKey,
  createSshKey,
  deleteSshKey,
  getSshKey,
  listSshKeys,
  useSshKey,
  type SshKey,
} from "../../features/ssh-keys/index.ts";
import type { Route } from "../shared/plane.ts";
import { attributesOf, document, maybe, pageDocument, pageOf, param, resourceBody, type Resource } from "./json-api.ts";
import { checkOrganization } from "./organization-routes.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import { loadWorkspaceDocuments } from "./workspace-resources.ts";

const CreateBody = resourceBody("ssh-keys", { name: Type.String(), value: Type.String() });
const UpdateBody = resourceBody("ssh-keys", { name: maybe(Type.String()), value: maybe(Type.String()) });
// The id of the key is an attribute here. Source: go-tfe workspace.go, WorkspaceAssignSSHKeyOptions.
const AssignBody = resourceBody("workspaces", { id: maybe(Type.String({ maxLength: 255 })) });

interface Attributes {
  readonly name: string;
  readonly value: string;
}

export function sshKeyRoutes(deps: TfeDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/organizations/:organization/ssh-keys",
      needs: "workspace:read",
      audit: "ssh-key.list",
      handle: async (call) => {
        const { id } = await checkOrganization(deps.db, call);
        checkOrganizationWide(call.actor);
        const page = pageOf(call);
        return pageDocument(page, await listSshKeys(deps.db, id, page), presentSshKey);
      },
    },
    {
      method: "POST",
      path: "/organizations/:organization/ssh-keys",
      needs: "project:write",
      audit: "ssh-key.create",
      body: CreateBody,
      handle: async (call) => {
        const { id } = await checkOrganization(deps.db, call);
        checkOrganizationWide(call.actor);
        const { name = "", value = "" } = attributesOf<Attributes>(call);
        return document(presentSshKey(await createSshKey(deps, id, { name, value })), [], 201);
      },
    },
    {
      method: "GET",
      path: "/ssh-keys/:ssh_key_id",
      needs: "workspace:read",
      audit: "ssh-key.read",
      handle: async (call) => document(presentSshKey(await getSshKey(deps.db, call.actor, param(call, "ssh_key_id")))),
    },
    {
      method: "PATCH",
      path: "/ssh-keys/:ssh_key_id",
      needs: "project:write",
      audit: "ssh-key.update",
      body: UpdateBody,
      handle: async (call) => {
        const { name, value } = attributesOf<Attributes>(call);
        const change = { ...(name === undefined ? {} : { name }), ...(value === undefined ? {} : { value }) };
        return document(presentSshKey(await changeSshKey(deps, call.actor, param(call, "ssh_key_id"), change)));
      },
    },
    {
      method: "DELETE",
      path: "/ssh-keys/:ssh_key_id",
      needs: "project:write",
      audit: "ssh-key.delete",
      handle: async (call) => {
        await deleteSshKey(deps, call.actor, param(call, "ssh_key_id"));
        return { status: 204 };
      },
    },
    {
      method: "PATCH",
      path: "/workspaces/:workspace_id/relationships/ssh-key",
      needs: "workspace:write",
      audit: "workspace.assign-ssh-key",
      body: AssignBody,
      handle: async (call) => {
        const { id = null } = attributesOf<{ id: string }>(call);
        const workspace = await useSshKey(deps, call.actor, param(call, "workspace_id"), id);
        const { resources } = await loadWorkspaceDocuments(deps, call, [workspace]);
        return document(resources[0] as Resource);
      },
    },
  ];
}

function presentSshKey(key: SshKey): Resource {
  return {
    id: key.id,
    type: "ssh-keys",
    attributes: { name: key.name },
    links: { self: `/api/v2/ssh-keys/${key.id}` },
  };
}
