import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

/** Runners that take the runs of the workspaces that name the pool, and no others. */
export interface AgentPool {
  readonly id: string;
  readonly organizationId: string;
  readonly organizationName: string;
  readonly name: string;
  /** Every workspace of the organization may name it; otherwise only those that it allows. */
  readonly organizationScoped: boolean;
  readonly createdAt: Millis;
}

/** Ids of workspaces, and external ids of projects. */
export interface AgentPoolScope {
  readonly allowedWorkspaceIds: readonly string[];
  readonly allowedProjectIds: readonly string[];
  readonly excludedWorkspaceIds: readonly string[];
}

/** A runner, as its pool knows it: by the name that it says of itself. */
export interface Agent {
  readonly id: string;
  readonly agentPoolId: string;
  readonly organizationId: string;
  readonly name: string;
  readonly ipAddress: string;
  readonly createdAt: Millis;
  /** When it was heard of last. */
  readonly lastPingAt: Millis;
  /** It works on a phase of a run now. */
  readonly isAtWork: boolean;
}

/** A credential of a pool's runners. Its clear text is shown once, when it is made. */
export interface AgentToken {
  /** `at-…` */
  readonly id: string;
  readonly agentPoolId: string;
  readonly organizationId: string;
  readonly description: string;
  readonly createdBy: { readonly id: string; readonly name: string };
  readonly createdAt: Millis;
  readonly lastUsedAt: Millis | null;
}

export type AgentStatus = "idle" | "busy" | "unknown" | "errored";

/** A runner asks for work at least every 25 seconds. */
export const silentMs = 60_000;

/** From then on it does not count any more. Source: HCP Terraform agents, statuses. */
export const goneMs = 300_000;

export function agentStatus(agent: Pick<Agent, "lastPingAt" | "isAtWork">, now: Millis): AgentStatus {
  const silence = now - agent.lastPingAt;
  if (silence > goneMs) return "errored";
  if (silence > silentMs) return "unknown";
  return agent.isAtWork ? "busy" : "idle";
}

/** Errors: invalid/agent_pool_name. */
export function checkPoolName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9 _.-]{0,89}$/.test(name)) return name;
  throw new DomainError(
    "invalid",
    "agent_pool_name",
    "Name begins with a letter or digit, holds letters, digits, spaces, `-`, `_` and `.`, and has at most 90 characters.",
  );
}

export function poolNotFound(): DomainError {
  return new DomainError("not_found", "agent_pool_not_found", "There is no such agent pool, or you may not see it.");
}

export function agentNotFound(): DomainError {
  return new DomainError("not_found", "agent_not_found", "There is no such agent, or you may not see it.");
}
