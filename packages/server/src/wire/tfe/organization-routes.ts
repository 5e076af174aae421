import { workspaceScope } from "../../features/access/index.ts";
import { findOrganizationByName, type Organization } from "../../features/organizations/index.ts";
import { countRuns, finalStatuses, runStatuses, workingStatuses } from "../../features/runs/index.ts";
import type { Db } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Route } from "../shared/plane.ts";
import { document, param } from "./json-api.ts";
import type { TfeDeps } from "./tfe-deps.ts";

/** For one that is missing and for one that the caller is not in. */
export function noSuchOrganization(): DomainError {
  return new DomainError(
    "not_found",
    "organization_not_found",
    "There is no such organization, or you may not see it.",
  );
}

/** The organization that the path names, and that the actor was narrowed to. Errors: not_found/organization_not_found. */
export async function checkOrganization(db: Db, call: Call): Promise<Organization> {
  const organization = await findOrganizationByName(db, param(call, "organization"));
  if (organization === undefined || organization.id !== call.actor.organizationId) throw noSuchOrganization();
  return organization;
}

export function organizationRoutes(deps: TfeDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/organizations/:organization/capacity",
      needs: "run:read",
      audit: "organization.read-capacity",
      handle: async (call) => {
        const { id, name } = await checkOrganization(deps.db, call);
        const filter = { organizationId: id, ...workspaceScope(call.actor) };
        const running = await countRuns(deps.db, { ...filter, statuses: workingStatuses });
        const unfinished = await countRuns(deps.db, {
          ...filter,
          statuses: runStatuses.filter((status) => !finalStatuses.includes(status)),
        });
        return document({
          id: name,
          type: "organization-capacity",
          attributes: { running, pending: unfinished - running },
        });
      },
    },
  ];
}
