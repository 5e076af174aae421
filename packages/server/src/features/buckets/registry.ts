import type { Millis } from "../../platform/clock.ts";

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
