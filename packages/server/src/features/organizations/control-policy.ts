import type { Db } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import { findControlPolicyRow, lockControlPolicyRow, saveControlPolicyRow } from "./control-policy-store.ts";

/** Something that an organization can forbid in all its projects. */
export interface Constraint {
  /** `constraints/<service>.<name>`. */
  readonly id: string;
  readonly service: string;
  readonly title: string;
  readonly description: string;
  /** In the words of HCP; empty where this server has nothing to deny. */
  readonly deniedPermissions: readonly string[];
}

/** The constraints of an organization that are in force. */
export interface ControlPolicy {
  readonly constraintIds: readonly string[];
  /** Another one after every change. */
  readonly etag: string;
}

const elsewhere = ([id, service, title]: readonly [string, string, string]): Constraint => ({
  id: `constraints/${id}`,
  service,
  title,
  description: "Kept for configurations that name it. This server has no such service, so there is nothing to forbid.",
  deniedPermissions: [],
});

/** Everything that can be enabled, in the order of the ids. Source: web-unified-docs, hcp/admin/orgs-constraints.mdx. */
export const constraints: readonly Constraint[] = [
  elsewhere(["boundary.deny-creation", "boundary", "Deny Boundary clusters"]),
  {
    id: "constraints/packer.deny-creation",
    service: "packer",
    title: "Deny new buckets",
    description: "Nobody can create a bucket in any project. Buckets that exist go on working.",
    deniedPermissions: ["packer.buckets.create"],
  },
  elsewhere(["vagrant.deny-boxes-creation", "vagrant", "Deny Vagrant boxes"]),
  elsewhere(["vault-radar.deny-creation", "vault-radar", "Deny Vault Radar sources"]),
  elsewhere(["vault.deny-creation", "vault", "Deny Vault clusters"]),
  elsewhere(["waypoint.deny-creation", "waypoint", "Deny Waypoint applications"]),
];

export async function getControlPolicy(db: Db, organizationId: string): Promise<ControlPolicy> {
  const row = await findControlPolicyRow(db, organizationId);
  return { constraintIds: row?.constraintIds ?? [], etag: etagOf(row?.revision ?? 0) };
}

/** Whether the organization forbids this. */
export async function isConstraintEnabled(db: Db, organizationId: string, id: string): Promise<boolean> {
  const policy = await findControlPolicyRow(db, organizationId);
  return policy?.constraintIds.includes(id) ?? false;
}

/**
 * Replaces the policy. The etag is that of the policy that the caller has read; an empty one stands for a policy that
 * nobody has set yet. Errors: invalid/constraint, conflict/control_policy_changed.
 */
export async function setControlPolicy(
  deps: { readonly db: Db },
  organizationId: string,
  wanted: ControlPolicy,
): Promise<ControlPolicy> {
  const unknown = wanted.constraintIds.find((id) => !constraints.some((constraint) => constraint.id === id));
  if (unknown !== undefined) {
    throw new DomainError(
      "invalid",
      "constraint",
      `There is no constraint ${JSON.stringify(unknown.slice(0, 100))}; there are ${constraints.map(({ id }) => id).join(", ")}.`,
    );
  }
  return deps.db.transaction().execute(async (tx) => {
    const current = await lockControlPolicyRow(tx, organizationId);
    const revision = current?.revision ?? 0;
    if (wanted.etag !== etagOf(revision) && !(wanted.etag === "" && revision === 0)) {
      throw new DomainError(
        "conflict",
        "control_policy_changed",
        "The resource control policy was changed since it was read. Read it again, then repeat the change.",
      );
    }
    const constraintIds = [...new Set(wanted.constraintIds)];
    await saveControlPolicyRow(tx, organizationId, { constraintIds, revision: revision + 1 });
    return { constraintIds, etag: etagOf(revision + 1) };
  });
}

function etagOf(revision: number): string {
  return `r${revision}`;
}
