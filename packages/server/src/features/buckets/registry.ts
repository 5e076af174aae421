import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

export type FeatureTier = "standard" | "plus";

/** What a project's buckets live in. Every project has one as soon as somebody asks for it. */
export interface Registry {
  readonly id: string;
  readonly projectId: string;
  readonly featureTier: FeatureTier;
  readonly activated: boolean;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

/** What everything answers that would change a registry which is switched off; reading and revoking go on. */
export function registryDeactivated(projectId: string): DomainError {
  return new DomainError(
    "precondition",
    "registry_deactivated",
    `The registry of the project ${projectId} is deactivated: nothing in it can be built or changed. An administrator activates it again with UpdateRegistry (activated, update_mask "activated") or CreateRegistry.`,
  );
}
