import type { Millis } from "../../platform/clock.ts";

/** A value that the policies of a set see as `data.parameters.<key>`. */
export interface PolicySetParameter {
  readonly id: string;
  readonly policySetId: string;
  readonly key: string;
  readonly value: string;
  /** Never shown again. */
  readonly sensitive: boolean;
  readonly createdAt: Millis;
}
