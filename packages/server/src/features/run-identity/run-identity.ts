import type { RunnerJob } from "@ingot/runner/protocol";
import { findOrganization } from "../organizations/index.ts";
import type { Workspace } from "../workspaces/index.ts";
import type { Db } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { newSecret } from "../../platform/ids.ts";
import { CredentialsProblem } from "./cloud-settings.ts";
import { dynamicCredentials } from "./dynamic-credentials.ts";
import { identityClaims } from "./identity-claims.ts";
import type { TokenIssuer } from "./token-issuer.ts";

export interface RunIdentity {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly identity: RunnerJob["identity"];
  /** Tokens; they never appear in the log. */
  readonly masked: readonly string[];
}

/**
 * The identity that a phase shows elsewhere, as far as the variables of its workspace ask for one. Tokens end with the time
 * of the phase. What cannot be made is said in the job, so that the run fails with it.
 */
export async function makeRunIdentity(
  deps: { readonly db: Db; readonly issuer: TokenIssuer },
  run: {
    readonly id: string;
    readonly workspace: Workspace;
    readonly projectName: string;
    readonly phase: RunnerJob["phase"];
    readonly variables: Readonly<Record<string, string>>;
    readonly expiresAt: Millis;
  },
): Promise<RunIdentity> {
  const { workspace } = run;
  const phase = run.phase === "apply" ? "apply" : "plan";
  const masked: string[] = [];
  const placeholder = newSecret("identity");
  async function issue(audience: string): Promise<string> {
    const organization = await findOrganization(deps.db, workspace.organizationId);
    const { subject, claims } = identityClaims({
      organization: { id: organization?.externalId ?? "", name: workspace.organizationName },
      project: { id: workspace.projectExternalId, name: run.projectName },
      workspace: { id: workspace.id, name: workspace.name },
      runId: run.id,
      phase,
    });
    const token = await deps.issuer.issue({ subject, audience, claims, expiresAt: run.expiresAt });
    masked.push(token);
    return token;
  }
  try {
    const { variables, id: runId } = run;
    const made = await dynamicCredentials({ variables, phase, runId, directory: placeholder, issue });
    const isEmpty = Object.keys(made.files).length === 0 && made.vaults.length === 0;
    const { environment, files, vaults } = made;
    const identity = isEmpty ? undefined : { placeholder, files, vaults: [...vaults], problem: null };
    return { environment, identity, masked };
  } catch (error) {
    if (!(error instanceof CredentialsProblem)) throw error;
    return {
      environment: {},
      identity: { placeholder, files: {}, vaults: [], problem: error.message },
      masked: [],
    };
  }
}
