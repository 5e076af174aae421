import type { Db, Tx } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import { newUlid } from "../../platform/ids.ts";
import type { Actor } from "../access/index.ts";
import { lockOrganization } from "../organizations/index.ts";
import { foldBindings, resolveMembers, type GivenBinding, type Policy } from "./policy.ts";
import { findMemberKinds, hasAdministrator, readPolicy, replacePolicy } from "./policy-store.ts";
import { getPolicyResource, type PolicyTarget } from "./policy-target.ts";

/**
 * Replaces a policy as a whole. The etag is that of the policy which the caller has read; an empty one stands for a policy
 * that nobody has set yet. Errors: conflict/policy_changed, precondition/last_administrator, those of {@link foldBindings},
 * {@link resolveMembers} and {@link getPolicyResource}.
 */
export async function setPolicy(
  deps: { readonly db: Db },
  actor: Actor,
  target: PolicyTarget,
  given: { readonly bindings: readonly GivenBinding[]; readonly etag: string },
): Promise<Policy> {
  const folded = foldBindings(given.bindings, target.kind);
  return deps.db.transaction().execute(async (tx) => {
    // One writer at a time in an organization: of two that read the same etag one comes first, and no two of them can
    // take the last administrator away together.
    await lockOrganization(tx, actor.organizationId);
    const resource = await getPolicyResource(tx, actor, target);
    const current = await readPolicy(tx, resource);
    if (current.etag !== given.etag) {
      throw new DomainError(
        "conflict",
        "policy_changed",
        "The policy was changed by somebody else since it was read. Read it again, and send its etag with the change.",
      );
    }
    const ids = folded.flatMap(({ members }) => members.map(({ id }) => id));
    const bindings = resolveMembers(folded, await findMemberKinds(tx, actor.organizationId, ids));
    const policy = { bindings, etag: newUlid() };
    await replacePolicy(tx, resource, policy);
    if (resource.kind === "organization") await checkAdministratorRemains(tx, actor.organizationId);
    return policy;
  });
}

/**
 * To be called, with the organization locked, after anything that may have taken away its last administrator: a policy, a
 * principal, a group or a member of one. Errors: precondition/last_administrator.
 */
export async function checkAdministratorRemains(tx: Tx, organizationId: string): Promise<void> {
  if (await hasAdministrator(tx, organizationId)) return;
  throw new DomainError(
    "precondition",
    "last_administrator",
    "Nobody would administer the organization any more. Give somebody the role owner or admin of it first.",
  );
}
