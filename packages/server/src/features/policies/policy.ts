import { DomainError } from "../../platform/errors.ts";
import { roles, type AssignableRole, type BindingLevel } from "../access/index.ts";

export type MemberKind = "user" | "group" | "service_principal";

export interface PolicyMember {
  readonly kind: MemberKind;
  readonly id: string;
}

/** Who holds a role. */
export interface PolicyBinding {
  readonly role: AssignableRole;
  readonly members: readonly PolicyMember[];
}

/** Who may do what with one organization, project, bucket or group; what is given above it counts as well. */
export interface Policy {
  readonly bindings: readonly PolicyBinding[];
  /** Another one after every set, the same until then. Empty: nobody has set the policy yet. */
  readonly etag: string;
}

/** A binding as a caller writes it: a member of unknown kind is found by its id. */
export interface GivenBinding {
  readonly role: AssignableRole;
  readonly members: readonly { readonly kind: MemberKind | null; readonly id: string }[];
}

// Source: HCP documentation, admin/support, quotas; admin/orgs.
const membersMax = 1000;
const ownersMax = 3;

/**
 * One binding a role, one entry a member, in the order in which they were first named. Roles without members are left out.
 * Errors: invalid/policy_members_max, invalid/policy_owners_max, invalid/role_level.
 */
export function foldBindings(given: readonly GivenBinding[], level: BindingLevel): GivenBinding[] {
  const byRole = new Map<AssignableRole, Map<string, GivenBinding["members"][number]>>();
  for (const { role, members } of given) {
    checkLevel(role, level);
    const folded = byRole.get(role) ?? new Map<string, GivenBinding["members"][number]>();
    for (const member of members) if (!folded.has(member.id)) folded.set(member.id, member);
    byRole.set(role, folded);
  }
  const bindings = [...byRole]
    .filter(([, members]) => members.size > 0)
    .map(([role, members]) => ({ role, members: [...members.values()] }));
  const count = bindings.reduce((sum, { members }) => sum + members.length, 0);
  if (count > membersMax) {
    throw new DomainError(
      "invalid",
      "policy_members_max",
      `The policy names ${count} members; it can name ${membersMax}. Put people into groups.`,
    );
  }
  if ((byRole.get("owner")?.size ?? 0) > ownersMax) {
    throw new DomainError("invalid", "policy_owners_max", `An organization has at most ${ownersMax} owners.`);
  }
  return bindings;
}

function checkLevel(role: AssignableRole, level: BindingLevel): void {
  const { title, levels } = roles[role];
  if (levels.includes(level)) return;
  throw new DomainError(
    "invalid",
    "role_level",
    `The role ${title} cannot be given at a ${level}; it can at: ${levels.join(", ")}.`,
  );
}

/**
 * What the members are, in the caller's order. Errors: invalid/policy_member for one that is not of this organization, or
 * of another kind than was said.
 */
export function resolveMembers(
  bindings: readonly GivenBinding[],
  kinds: ReadonlyMap<string, MemberKind>,
): PolicyBinding[] {
  return bindings.map(({ role, members }) => ({
    role,
    members: members.map(({ id, kind: said }) => {
      const kind = kinds.get(id);
      if (kind === undefined || (said !== null && said !== kind)) {
        throw new DomainError(
          "invalid",
          "policy_member",
          `There is no ${(said ?? "principal or group").replace("_", " ")} ${JSON.stringify(id.slice(0, 60))} in this organization.`,
        );
      }
      return { kind, id };
    }),
  }));
}
