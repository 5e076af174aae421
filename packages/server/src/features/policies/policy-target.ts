import type { Db } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import { checkOrganizationWide, type Actor, type PolicyResource } from "../access/index.ts";
import { getBucket } from "../buckets/index.ts";
import { getOrganization } from "../organizations/index.ts";
import { getProject } from "../projects/index.ts";
import { findGroupId } from "./policy-store.ts";

/** What a policy is about, as callers name it. */
export type PolicyTarget =
  | { readonly kind: "organization"; readonly id: string }
  | { readonly kind: "project"; readonly id: string }
  | { readonly kind: "bucket"; readonly projectId: string; readonly name: string }
  | { readonly kind: "group"; readonly organizationId: string; readonly name: string };

/**
 * The resource, for an actor who may do there what its route needs. Errors: not_found/organization_not_found,
 * not_found/project_not_found, not_found/bucket_not_found, not_found/group_not_found, forbidden/role_too_low.
 */
export async function getPolicyResource(db: Db, actor: Actor, target: PolicyTarget): Promise<PolicyResource> {
  const { organizationId } = actor;
  switch (target.kind) {
    case "organization":
      await getOrganization(db, actor, target.id);
      checkOrganizationWide(actor);
      return { kind: "organization", organizationId };
    case "project": {
      const { id: projectId } = await getProject(db, actor, target.id);
      return { kind: "project", organizationId, projectId };
    }
    case "bucket": {
      const { projectId, name } = target;
      const { id: bucketId } = await getBucket(db, actor, { organizationId, projectId, name });
      return { kind: "bucket", organizationId, bucketId };
    }
    case "group": {
      const groupId =
        target.organizationId === organizationId ? await findGroupId(db, organizationId, target.name) : undefined;
      if (groupId === undefined) {
        throw new DomainError(
          "not_found",
          "group_not_found",
          `The group with identifier ${target.name} does not exist.`,
        );
      }
      checkOrganizationWide(actor);
      return { kind: "group", organizationId, groupId };
    }
  }
}
