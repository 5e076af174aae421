import { Type } from "typebox";
import { findOrganizationByName, type Organization } from "../../features/organizations/index.ts";
import { phaseTimeoutSeconds } from "../../features/runners/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Route } from "../shared/plane.ts";
import { checkInstallation } from "./installation-door.ts";
import { attributesOf, document, maybe, param, resourceBody, type Resource } from "./json-api.ts";
import { noSuchOrganization } from "./organization-routes.ts";
import type { TfeDeps } from "./tfe-deps.ts";

const timeout = `${phaseTimeoutSeconds / 3600}h`;

/** What holds for every organization, and why it cannot be otherwise for one. */
const settings = {
  "access-beta-tools": [true, "every organization may use every engine that the runners have, prereleases too."],
  "global-module-sharing": [false, "this server has no registry of modules."],
  "global-provider-sharing": [false, "this server has no registry of providers."],
  "is-disabled": [false, "organizations are not disabled; delete it, or take its members' access away."],
  "terraform-build-worker-apply-timeout": [timeout, "the time limit of a phase is the same for all."],
  "terraform-build-worker-plan-timeout": [timeout, "the time limit of a phase is the same for all."],
  "apply-timeout": [timeout, "the time limit of a phase is the same for all."],
  "plan-timeout": [timeout, "the time limit of a phase is the same for all."],
  "terraform-worker-sudo-enabled": [false, "engines run without more rights than their user has."],
  "workspace-limit": [null, "the number of workspaces is not limited."],
} as const;
type Setting = keyof typeof settings;

const value = maybe(Type.Union([Type.Boolean(), Type.String({ maxLength: 64 }), Type.Integer()]));
const Body = resourceBody(
  "organizations",
  Object.fromEntries(Object.keys(settings).map((name) => [name, value])) as Record<Setting, typeof value>,
);

const path = "/admin/organizations/:organization_name";

/**
 * Organizations as site administrators see them, members or not. What can be set for one of them alone is nothing: a client
 * that asks for what is so anyway is served, any other hears why not. Source of the shape: go-tfe, admin_organization.go.
 */
export function installationOrganizationRoutes(deps: TfeDeps): Route[] {
  return [
    {
      method: "GET",
      path,
      needs: "installation:manage",
      audit: "installation.read-organization",
      handle: async (call) => document(present(await findFor(deps, call))),
    },
    {
      method: "PATCH",
      path,
      needs: "installation:manage",
      audit: "installation.update-organization",
      body: Body,
      handle: async (call) => {
        const organization = await findFor(deps, call);
        const { externalId: id, name } = organization;
        call.note({ place: "installation", resource: { kind: "organization", id, name } });
        checkUnchanged(attributesOf<Record<Setting, unknown>>(call));
        return document(present(organization));
      },
    },
  ];
}

/** Errors: not_found/not_found, not_found/organization_not_found. */
async function findFor(deps: TfeDeps, call: Call): Promise<Organization> {
  await checkInstallation(deps, call);
  const organization = await findOrganizationByName(deps.db, param(call, "organization_name"));
  if (organization === undefined) throw noSuchOrganization();
  return organization;
}

/** Errors: invalid/unsupported_setting. */
function checkUnchanged(given: Partial<Record<Setting, unknown>>): void {
  for (const [name, [as, why]] of Object.entries(settings) as [Setting, (typeof settings)[Setting]][]) {
    if (given[name] === undefined || given[name] === as) continue;
    throw new DomainError("invalid", "unsupported_setting", `${name} cannot be set to this: ${why}`);
  }
}

function present(organization: Organization): Resource {
  return {
    id: organization.name,
    type: "organizations",
    attributes: {
      ...Object.fromEntries(Object.entries(settings).map(([name, [as]]) => [name, as])),
      name: organization.name,
      "external-id": organization.externalId,
      "notification-email": organization.email,
      "sso-enabled": false,
    },
  };
}
