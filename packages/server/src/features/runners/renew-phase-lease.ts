import type { LeaseReply } from "@ingot/runner/protocol";
import type { Actor } from "../access/index.ts";
import { noteHeartbeat } from "../agent-pools/index.ts";
import { leaseLost } from "../runs/index.ts";
import { renewLease, type JobHold } from "../../jobs/index.ts";
import { findHeldRun } from "./held-phase.ts";
import { leaseSeconds, type RunnerDeps } from "./runner-deps.ts";

/** A runner's heartbeat; the answer says whether to stop. Errors: conflict/lease_lost. */
export async function renewPhaseLease(
  deps: Pick<RunnerDeps, "db" | "now">,
  actor: Actor,
  hold: JobHold,
): Promise<LeaseReply> {
  const { run, phase } = await findHeldRun(deps.db, hold, actor);
  if (!(await renewLease(deps.db, hold, deps.now() + leaseSeconds * 1000))) throw leaseLost();
  if (phase.agentId !== null) await noteHeartbeat(deps.db, phase.agentId, deps.now());
  if (run.forceCanceledAt !== null) return { stop: "kill" };
  return { stop: run.cancelRequestedAt === null ? "no" : "interrupt" };
}
