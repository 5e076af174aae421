import type { Db } from "../../db/database.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import type { RegoSet } from "../../platform/rego/index.ts";
import type { Sealer } from "../../platform/sealing.ts";
import { listPoliciesOfSet } from "./policy-store.ts";
import { pageParameters } from "./policy-set-parameter-store.ts";
import type { BundledPolicy, PolicyBundle } from "./policy-set-version.ts";
import { findVersion } from "./policy-set-version-store.ts";
import type { PolicySet } from "./policy-set.ts";

/** Policies that are evaluated together: `queries` of `rego` are those of `policies`, in their order. */
export interface PolicyGroup {
  readonly policies: readonly BundledPolicy[];
  /** Undefined when there is nothing to evaluate, such as a policy whose code was never uploaded. */
  readonly rego: RegoSet | undefined;
  /** Why there is nothing. */
  readonly problem: string | null;
}

interface LoadDeps {
  readonly db: Db;
  readonly blobs: BlobStore;
  readonly sealer: Sealer;
}

// At most so many as a set can have.
const allParameters = { number: 1, size: 1000 };

/**
 * The policies of a set as they are now, ready to be evaluated. Those of a version see each other; those that are managed one
 * by one are strangers, whatever packages they name.
 */
export async function loadPolicyGroups(deps: LoadDeps, set: PolicySet): Promise<PolicyGroup[]> {
  const { items } = await pageParameters(deps.db, deps.sealer, set.id, allParameters);
  const parameters = Object.fromEntries(items.map(({ key, value }) => [key, value]));
  if (set.currentVersionId !== null) {
    const version = await findVersion(deps.db, set.currentVersionId);
    const blob = version?.blobKey == null ? undefined : await deps.blobs.get(version.blobKey);
    if (blob === undefined) {
      return [{ policies: [], rego: undefined, problem: "The policies of the set are gone: upload a version again." }];
    }
    const { policies, modules, data } = JSON.parse(blob.toString("utf8")) as PolicyBundle;
    return [groupOf(policies, modules, { ...data, parameters })];
  }
  const groups: PolicyGroup[] = [];
  for (const policy of await listPoliciesOfSet(deps.db, set.id)) {
    const bundled: BundledPolicy = policy;
    const code = policy.blobKey === null ? undefined : await deps.blobs.get(policy.blobKey);
    groups.push(
      code === undefined
        ? { policies: [bundled], rego: undefined, problem: "The policy has no code yet: upload it." }
        : groupOf([bundled], { [`${policy.name}.rego`]: code.toString("utf8") }, { parameters }),
    );
  }
  return groups;
}

function groupOf(
  policies: readonly BundledPolicy[],
  modules: Readonly<Record<string, string>>,
  data: Readonly<Record<string, unknown>>,
): PolicyGroup {
  const queries = policies.map(({ query }) => query ?? "");
  return { policies, rego: { modules, data, queries }, problem: null };
}
