import { isUniqueViolation, type Db, type Tx } from "../../db/database.ts";
import type { Clock, Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { ownersTeam, type Actor } from "../access/index.ts";
import { insertMembership } from "../memberships/index.ts";
import {
  checkEmail,
  checkOrganizationName,
  insertOrganization,
  organizationExists,
  saveOrganization,
  type Organization,
  type OrganizationSettings,
} from "../organizations/index.ts";
import { insertProject, type Project } from "../projects/index.ts";
import { addTeamMembers, insertTeam } from "../teams/index.ts";

/** Who may make organizations: persons who own one, every person, or nobody. */
export type OrganizationCreators = "owners" | "persons" | "nobody";

export interface CreateOrganizationDeps {
  readonly db: Db;
  readonly now: Clock;
  readonly organizationCreators: OrganizationCreators;
}

/** Tokens of teams and of organizations cannot, whatever they may do inside. Source: HCP Terraform, API tokens. */
export function mayCreateOrganizations(
  deps: Pick<CreateOrganizationDeps, "organizationCreators">,
  actor: Actor,
): boolean {
  if (actor.kind !== "user" || deps.organizationCreators === "nobody") return false;
  return deps.organizationCreators === "persons" || actor.grants.some(({ role }) => role === "owner");
}

/**
 * Makes an organization that the actor owns, with a project. Errors: forbidden/organization_creation,
 * invalid/organization_name, invalid/email, invalid/name_taken.
 */
export async function createOrganization(
  deps: CreateOrganizationDeps,
  actor: Actor,
  input: { readonly name: string; readonly email: string; readonly settings: OrganizationSettings },
): Promise<Organization> {
  if (!mayCreateOrganizations(deps, actor)) {
    throw new DomainError(
      "forbidden",
      "organization_creation",
      "This credential cannot make organizations. Use the token of a person who owns one, or let the operator of this server change the setting organization-creators.",
    );
  }
  const name = checkOrganizationName(input.name);
  const email = checkEmail(input.email);
  try {
    return await deps.db.transaction().execute(async (tx) => {
      const now = deps.now();
      const organization = await insertOrganization(tx, name, now, { email, settings: input.settings });
      const membership = {
        organizationId: organization.id,
        principalId: actor.id,
        status: "active",
        email: "",
      } as const;
      await insertMembership(tx, membership, now);
      const project = await furnishOrganization(tx, organization, { owner: actor.id, project: "Default Project" }, now);
      return { ...organization, defaultProjectId: project.id };
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new DomainError("invalid", "name_taken", organizationExists(name).message);
  }
}

/** What every organization has from the start: a project, and the team of its owners with one in it. */
export async function furnishOrganization(
  tx: Tx,
  organization: Organization,
  start: {
    /** A principal's id. */
    readonly owner: string;
    readonly project: string;
  },
  now: Millis,
): Promise<Project> {
  const { id: organizationId } = organization;
  const { defaultExecutionMode, defaultAgentPoolId } = organization.settings;
  const inherited = { defaultExecutionMode, defaultAgentPoolId };
  const project = await insertProject(tx, { organizationId, name: start.project, ...inherited }, now);
  await saveOrganization(tx, organizationId, { defaultProjectId: project.id });
  const owners = await insertTeam(tx, { organizationId, name: ownersTeam, visibility: "organization" }, now);
  await addTeamMembers(tx, owners.id, [start.owner], now);
  return project;
}
