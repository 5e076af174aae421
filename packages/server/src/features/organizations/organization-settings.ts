import { DomainError } from "../../platform/errors.ts";

/** How workspaces run that do not say so themselves. */
export type DefaultExecutionMode = "remote" | "local" | "agent";

/** What an organization has set and what no statement asks for. */
export interface OrganizationSettings {
  readonly defaultExecutionMode: DefaultExecutionMode;
  /** `apool-…`, for the mode `agent` only. */
  readonly defaultAgentPoolId: string | null;
  /** Minutes after which a browser's session ends at the latest; null: the server's own limit. */
  readonly sessionTimeout: number | null;
  /** As {@link sessionTimeout}: the shorter one counts. */
  readonly sessionRemember: number | null;
  /** Whether workspaces whose state still holds resources may be deleted by those who administer only the workspace. */
  readonly allowForceDeleteWorkspaces: boolean;
  /** Kept for clients that set them: they concern services that this server does not have. */
  readonly costEstimationEnabled: boolean;
  readonly stacksEnabled: boolean;
  readonly sendPassingStatuses: boolean;
  readonly aggregatedCommitStatus: boolean;
  readonly speculativePlanManagement: boolean;
}

export const settingsAtFirst: OrganizationSettings = {
  defaultExecutionMode: "remote",
  defaultAgentPoolId: null,
  sessionTimeout: null,
  sessionRemember: null,
  allowForceDeleteWorkspaces: false,
  costEstimationEnabled: false,
  stacksEnabled: false,
  sendPassingStatuses: false,
  aggregatedCommitStatus: true,
  speculativePlanManagement: true,
};

export interface OrganizationChange {
  readonly name?: string;
  readonly email?: string;
  readonly assessmentsEnforced?: boolean;
  readonly userTokensEnabled?: boolean;
  /** All of them. */
  readonly settings?: OrganizationSettings;
  readonly defaultProjectId?: string | null;
}

const namePattern = /^[A-Za-z0-9_-]{3,40}$/;

/** Errors: invalid/organization_name. */
export function checkOrganizationName(name: string): string {
  if (namePattern.test(name)) return name;
  throw new DomainError(
    "invalid",
    "organization_name",
    `The name of an organization has 3 to 40 letters, digits, hyphens or underscores; ${JSON.stringify(name.slice(0, 60))} does not.`,
  );
}

/** An address as far as one can tell by looking at it. Errors: invalid/email. */
export function checkEmail(email: string): string {
  if (email.length <= 254 && /^[^\s@]+@[^\s@]+$/.test(email)) return email;
  throw new DomainError("invalid", "email", `Email ${JSON.stringify(email.slice(0, 60))} is not an address.`);
}

// Ninety days: what the published API takes at most is not said.
const sessionMinutesMax = 129_600;

/**
 * The settings after a change. A pool goes with the mode `agent` only, and ends with it. Errors:
 * invalid/default_agent_pool, invalid/session_minutes. The words are those that clients look for. Source: go-tfe,
 * organization tests.
 */
export function changeSettings(
  before: OrganizationSettings,
  change: Partial<OrganizationSettings>,
): OrganizationSettings {
  const mode = change.defaultExecutionMode ?? before.defaultExecutionMode;
  if (change.defaultAgentPoolId != null && mode !== "agent") {
    throw new DomainError(
      "invalid",
      "default_agent_pool",
      "Default agent pool must not be specified unless using 'agent' execution mode",
    );
  }
  const after: OrganizationSettings = {
    ...before,
    ...change,
    ...(mode === "agent" ? {} : { defaultAgentPoolId: null }),
  };
  if (mode === "agent" && after.defaultAgentPoolId === null) {
    throw new DomainError(
      "invalid",
      "default_agent_pool",
      "Default agent pool must be specified when using 'agent' execution mode",
    );
  }
  for (const [words, minutes] of [
    ["Session timeout", after.sessionTimeout],
    ["Session remember", after.sessionRemember],
  ] as const) {
    if (minutes === null || (Number.isInteger(minutes) && minutes >= 1 && minutes <= sessionMinutesMax)) continue;
    throw new DomainError(
      "invalid",
      "session_minutes",
      `${words} is a number of minutes, from 1 to ${sessionMinutesMax}.`,
    );
  }
  return after;
}
