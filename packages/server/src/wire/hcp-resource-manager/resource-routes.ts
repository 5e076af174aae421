import type { Actor } from "../../features/access/index.ts";
import { getBucket, getRegistry } from "../../features/buckets/index.ts";
import { getOrganization } from "../../features/organizations/index.ts";
import { getProject } from "../../features/projects/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { ok, type Route } from "../shared/plane.ts";
import { queryText } from "../shared/rpc-body.ts";
import { parseResourceName, type ResourceName } from "../shared/resource-names.ts";
import type { HcpResourceManagerDeps } from "./resource-manager-deps.ts";

export function resourceRoutes(deps: HcpResourceManagerDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/2019-12-10/resource",
      needs: "project:read",
      audit: "ResourceService_GetResource",
      async handle({ actor, query }) {
        const name = queryText(query, "resource_name");
        const id = queryText(query, "resource_id");
        if ((name === undefined) === (id === undefined)) {
          throw new DomainError("invalid", "resource", "Give either resource_name or resource_id.");
        }
        const asked = name === undefined ? byId(actor, id ?? "") : parseResourceName(name);
        if (asked === undefined) throw resourceNotFound(name ?? "");
        try {
          return ok({ resource_name: name ?? `${asked.kind}/${id}`, ...(await findResource(deps, actor, asked)) });
        } catch (error) {
          throw error instanceof DomainError && error.kind === "not_found" ? resourceNotFound(name ?? id ?? "") : error;
        }
      },
    },
  ];
}

/** Organizations and projects alone are found by their id. */
function byId(actor: Actor, id: string): ResourceName {
  return { kind: id === actor.organizationId ? "organization" : "project", id };
}

interface FoundResource {
  readonly resource_id: string;
  readonly resource_type: string;
  /** Empty for an organization. */
  readonly parent_id: string;
}

async function findResource(deps: HcpResourceManagerDeps, actor: Actor, name: ResourceName): Promise<FoundResource> {
  const { db } = deps;
  const { organizationId } = actor;
  switch (name.kind) {
    case "organization": {
      const { id } = await getOrganization(db, actor, name.id);
      return { resource_id: id, resource_type: "hashicorp.resource-manager.organization", parent_id: "" };
    }
    case "project": {
      const project = await getProject(db, actor, name.id);
      return {
        resource_id: project.id,
        resource_type: "hashicorp.resource-manager.project",
        parent_id: project.organizationId,
      };
    }
    case "bucket": {
      const { projectId } = name;
      const bucket = await getBucket(db, actor, { organizationId, projectId, name: name.name });
      return { resource_id: bucket.id, resource_type: "hashicorp.packer.bucket", parent_id: projectId };
    }
    case "registry": {
      const registry = await getRegistry(deps, actor, { organizationId, projectId: name.projectId });
      if (registry.id !== name.id) throw resourceNotFound(name.id);
      return { resource_id: registry.id, resource_type: "hashicorp.packer.registry", parent_id: name.projectId };
    }
    default:
      throw resourceNotFound(name.name);
  }
}

function resourceNotFound(name: string): DomainError {
  return new DomainError("not_found", "resource_not_found", `The resource with identifier ${name} does not exist.`);
}
