import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

/** What a plan that names an image the registry does not know is answered. `unset` is as `warn`. */
export type UntrackedBehaviour = "unset" | "warn" | "fail";

/** How services that run Terraform ask the registry of a project about the images of a plan. */
export interface RunTask {
  readonly projectId: string;
  /** Part of the address that they call. It tells whose registry is asked; the signature tells whether they may ask. */
  readonly apiId: string;
  /** Signs what they send. */
  readonly hmacKey: string;
  readonly onUntrackedImage: UntrackedBehaviour;
}

/** One call of such a service, until its answer is delivered. */
export interface RunTaskCall {
  readonly id: string;
  readonly projectId: string;
  readonly taskResultId: string;
  readonly stage: string;
  readonly callbackUrl: string;
  /** Null: there is no plan at this stage. */
  readonly planJsonUrl: string | null;
  /** Whether the service takes an outcome for each resource. */
  readonly takesOutcomes: boolean;
  /** Null once it is answered. */
  readonly accessToken: string | null;
  readonly createdAt: Millis;
  readonly answeredAt: Millis | null;
}

export function runTaskNotFound(): DomainError {
  return new DomainError("not_found", "run_task_not_found", "There is no run task at this address.");
}
