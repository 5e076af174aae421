import { findRetentionPolicy } from "../../features/data-retention/index.ts";
import { Type } from "typebox";
import { checkOrganizationWide, type Actor } from "../../features/access/index.ts";
import { createOrganization, deleteOrganization } from "../../features/organization-life-cycle/index.ts";
import {
  changeSettings,
  checkEmail,
  checkOrganizationName,
  listOrganizations,
  organizationExists,
  saveOrganization,
  settingsAtFirst,
  type DefaultExecutionMode,
  type Organization,
  type OrganizationSettings,
} from "../../features/organizations/index.ts";
import { checkAgentPool, findProject, inheritOrganizationMode } from "../../features/projects/index.ts";
import { isUniqueViolation } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import {
  attributesOf,
  document,
  includes,
  maybe,
  pageDocument,
  pageOf,
  queryText,
  relatedId,
  relationTo,
  resourceBody,
  type Resource,
} from "./json-api.ts";
import { checkOrganization } from "./organization-routes.ts";
import { presentProject } from "./present-project.ts";
import { retentionRelationship } from "./data-retention-routes.ts";
import { presentEntitlements, presentOrganization } from "./present-organization.ts";
import type { TfeDeps } from "./tfe-deps.ts";

const flag = maybe(Type.Boolean());
const OrganizationBody = resourceBody(
  "organizations",
  {
    name: maybe(Type.String({ maxLength: 100 })),
    email: maybe(Type.String({ maxLength: 300 })),
    "assessments-enforced": flag,
    "user-tokens-enabled": flag,
    "default-execution-mode": maybe(Type.Union([Type.Literal("remote"), Type.Literal("local"), Type.Literal("agent")])),
    "session-timeout": maybe(Type.Integer()),
    "session-remember": maybe(Type.Integer()),
    "allow-force-delete-workspaces": flag,
    "cost-estimation-enabled": flag,
    "stacks-enabled": flag,
    "send-passing-statuses-for-untriggered-speculative-plans": flag,
    "aggregated-commit-status-enabled": flag,
    "speculative-plan-management-enabled": flag,
    "collaborator-auth-policy": maybe(Type.String()),
    "owners-team-saml-role-id": maybe(Type.String()),
    "enforce-hyok": flag,
    "registry-monorepo-support-enabled": flag,
  },
  { "default-agent-pool": relationTo("agent-pools") },
);

interface OrganizationAttributes {
  readonly name: string;
  readonly email: string;
  readonly "assessments-enforced": boolean;
  readonly "user-tokens-enabled": boolean;
  readonly "default-execution-mode": DefaultExecutionMode;
  readonly "session-timeout": number;
  readonly "session-remember": number;
  readonly "allow-force-delete-workspaces": boolean;
  readonly "cost-estimation-enabled": boolean;
  readonly "stacks-enabled": boolean;
  readonly "send-passing-statuses-for-untriggered-speculative-plans": boolean;
  readonly "aggregated-commit-status-enabled": boolean;
  readonly "speculative-plan-management-enabled": boolean;
  readonly "collaborator-auth-policy": string;
  readonly "owners-team-saml-role-id": string;
  readonly "enforce-hyok": boolean;
  readonly "registry-monorepo-support-enabled": boolean;
}

const path = "/organizations/:organization";

export function organizationLifeCycleRoutes(deps: TfeDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/organizations",
      needs: "authenticated",
      audit: "organization.list",
      handle: (call) => listReply(deps, call),
    },
    {
      method: "POST",
      path: "/organizations",
      needs: "authenticated",
      audit: "organization.create",
      body: OrganizationBody,
      handle: async (call) => {
        call.note({ place: "installation" });
        const { name = "", email = "" } = attributesOf<OrganizationAttributes>(call);
        const settings = changeSettings(settingsAtFirst, settingsOf(call));
        // A new organization has no pools yet.
        if (settings.defaultAgentPoolId !== null) await checkAgentPool(deps.db, "", settings.defaultAgentPoolId);
        const made = await createOrganization(deps, call.actor, { name, email, settings });
        const ofOwner = { role: "owner", organizationId: made.id, projectId: null, bucketName: null } as const;
        const owner: Actor = { ...call.actor, grants: [...call.actor.grants, ofOwner] };
        return document(await presentFor(deps, owner, made), [], 201);
      },
    },
    {
      method: "GET",
      path,
      needs: "organization:read",
      audit: "organization.read",
      handle: async (call) => {
        const organization = await checkOrganization(deps.db, call);
        return document(
          await presentFor(deps, call.actor, organization),
          includes(call).has("default_project") ? await defaultProject(deps, call, organization) : [],
        );
      },
    },
    {
      method: "PATCH",
      path,
      needs: "organization:write",
      audit: "organization.update",
      body: OrganizationBody,
      handle: (call) => updateReply(deps, call),
    },
    {
      method: "DELETE",
      path,
      needs: "organization:write",
      audit: "organization.delete",
      handle: async (call) => {
        const organization = await checkOrganization(deps.db, call);
        call.note({
          place: "installation",
          resource: { kind: "organization", id: organization.externalId, name: organization.name },
        });
        await deleteOrganization(deps, call.actor, organization);
        return { status: 204 };
      },
    },
    {
      method: "GET",
      path: `${path}/entitlement-set`,
      needs: "organization:read",
      audit: "organization.read-entitlements",
      handle: async (call) => document(presentEntitlements(await checkOrganization(deps.db, call))),
    },
  ];
}

// Clients that ask for no page read no second one. Source: go-tfe, organization tests.
const organizationsUnasked = 100;

async function listReply(deps: TfeDeps, call: Call): Promise<Reply> {
  const asked = pageOf(call);
  const page = queryText(call, "page[size]") === undefined ? { ...asked, size: organizationsUnasked } : asked;
  const text = queryText(call, "q");
  const ids = [...new Set(call.actor.grants.map(({ organizationId }) => organizationId))];
  const found = await listOrganizations(deps.db, { ids, ...(text === undefined || text === "" ? {} : { text }) }, page);
  const resources = await Promise.all(found.items.map((one) => presentFor(deps, call.actor, one)));
  return pageDocument(page, { items: resources, total: found.total }, (resource) => resource);
}

async function updateReply(deps: TfeDeps, call: Call): Promise<Reply> {
  const organization = await checkOrganization(deps.db, call);
  checkOrganizationWide(call.actor);
  const given = attributesOf<OrganizationAttributes>(call);
  const settings = changeSettings(organization.settings, settingsOf(call));
  const pool = settings.defaultAgentPoolId;
  try {
    await deps.db.transaction().execute(async (tx) => {
      if (pool !== null && pool !== organization.settings.defaultAgentPoolId) {
        await checkAgentPool(tx, organization.id, pool);
      }
      await saveOrganization(tx, organization.id, {
        ...(given.name === undefined ? {} : { name: checkOrganizationName(given.name) }),
        ...(given.email === undefined ? {} : { email: checkEmail(given.email) }),
        ...defined("assessmentsEnforced", given["assessments-enforced"]),
        ...defined("userTokensEnabled", given["user-tokens-enabled"]),
        settings,
      });
      await inheritOrganizationMode(tx, organization.id);
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new DomainError("invalid", "name_taken", organizationExists(given.name ?? "").message);
  }
  const name = given.name ?? organization.name;
  const after = await checkOrganization(deps.db, { ...call, actor: call.actor, params: { organization: name } });
  return document(await presentFor(deps, call.actor, after));
}

function defined<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return (value === undefined ? {} : { [key]: value }) as Partial<Record<K, V>>;
}

/** What a body says of the settings. Errors: invalid/unsupported_setting for what this server cannot do. */
function settingsOf(call: Call): Partial<OrganizationSettings> {
  const given = attributesOf<OrganizationAttributes>(call);
  refuseUnsupported(given);
  return {
    ...defined("defaultExecutionMode", given["default-execution-mode"]),
    ...defined("defaultAgentPoolId", relatedId(call, "default-agent-pool")),
    ...defined("sessionTimeout", given["session-timeout"]),
    ...defined("sessionRemember", given["session-remember"]),
    ...defined("allowForceDeleteWorkspaces", given["allow-force-delete-workspaces"]),
    ...defined("costEstimationEnabled", given["cost-estimation-enabled"]),
    ...defined("stacksEnabled", given["stacks-enabled"]),
    ...defined("sendPassingStatuses", given["send-passing-statuses-for-untriggered-speculative-plans"]),
    ...defined("aggregatedCommitStatus", given["aggregated-commit-status-enabled"]),
    ...defined("speculativePlanManagement", given["speculative-plan-management-enabled"]),
  };
}

function refuseUnsupported(given: Partial<OrganizationAttributes>): void {
  const refuse = (attribute: string, why: string): never => {
    throw new DomainError("invalid", "unsupported_setting", `${attribute} cannot be set to this: ${why}`);
  };
  if ((given["collaborator-auth-policy"] ?? "password") !== "password") {
    refuse("collaborator-auth-policy", "this server has no second factor; the only policy is password.");
  }
  if ((given["owners-team-saml-role-id"] ?? "") !== "") {
    refuse("owners-team-saml-role-id", "this server does not speak SAML.");
  }
  if (given["enforce-hyok"] === true) refuse("enforce-hyok", "this server seals with its own master key.");
  if (given["registry-monorepo-support-enabled"] === true) {
    refuse("registry-monorepo-support-enabled", "this server publishes no modules from repositories.");
  }
}

async function presentFor(deps: TfeDeps, actor: Actor, organization: Organization): Promise<Resource> {
  const { defaultProjectId } = organization;
  const project = defaultProjectId === null ? undefined : await findProject(deps.db, defaultProjectId);
  const policy = await findRetentionPolicy(deps.db, { organizationId: organization.id, workspaceId: null });
  const presented = presentOrganization(organization, project?.externalId ?? null, actor);
  return { ...presented, relationships: { ...presented.relationships, ...retentionRelationship(policy) } };
}

async function defaultProject(deps: TfeDeps, call: Call, organization: Organization): Promise<Resource[]> {
  const { defaultProjectId } = organization;
  const project = defaultProjectId === null ? undefined : await findProject(deps.db, defaultProjectId);
  return project === undefined ? [] : [presentProject(project, organization.name, call.actor)];
}
