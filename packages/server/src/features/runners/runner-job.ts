import { findProject } from "../projects/index.ts";
import type { ClaimRequest, RunnerJob, RunVariable } from "@ingot/runner/protocol";
import type { Actor } from "../access/index.ts";
import { makeRunIdentity } from "../run-identity/index.ts";
import { findCurrentStateVersion } from "../state-versions/index.ts";
import { listEffectiveVariables } from "../variable-sets/index.ts";
import { readSshKey } from "../ssh-keys/index.ts";
import { runDirectory, type Workspace } from "../workspaces/index.ts";
import { claimJobs, type Job, type JobHold } from "../../jobs/index.ts";
import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { engineFor } from "./engine-demand.ts";
import { signJobLink, type JobThing } from "./job-link.ts";
import {
  environmentVariables,
  inputVariables,
  maskedValues,
  runEnvironment,
  type RunOfEngine,
} from "./run-environment.ts";
import { withSshKey } from "./ssh-identity.ts";
import { heartbeatSeconds, leaseSeconds, phaseSlackSeconds, type RunnerDeps } from "./runner-deps.ts";

/** Claims the one job for the runner, under a lease; undefined when somebody else was faster. */
export async function claimForRunner(
  tx: Tx,
  claim: {
    readonly kind: string;
    readonly jobId: string;
    readonly request: ClaimRequest;
    readonly actor: Actor;
    readonly now: Millis;
  },
): Promise<Job | undefined> {
  const [job] = await claimJobs(tx, {
    kinds: [claim.kind],
    ids: [claim.jobId],
    holder: `${claim.request.runner} (${claim.actor.id})`,
    leaseMs: leaseSeconds * 1000,
    limit: 1,
    now: claim.now,
    takeOver: false,
  });
  return job;
}

/** How long the credential and the links of a job work: until its time is up, and for what it still has to say then. */
export function jobLifetimeMs(timeoutSeconds: number): number {
  return (timeoutSeconds + phaseSlackSeconds) * 1000;
}

/** What differs between the kinds of work. */
export interface WorkToDo {
  readonly phase: RunnerJob["phase"];
  readonly run: RunOfEngine;
  readonly options: RunnerJob["options"];
  /** Given with the run; they win over those of the workspace. */
  readonly variables: readonly RunVariable[];
  readonly timeoutSeconds: number;
  /** Whether a command line will ask for the plan to render it. */
  readonly wantsRenderedPlan?: boolean;
}

/** Undefined takes a variable away. */
function withChanges(
  environment: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const changed = { ...environment };
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) delete changed[key];
    else changed[key] = value;
  }
  return changed;
}

/** Everything a runner is told about a job that it has just claimed. */
export async function buildRunnerJob(
  deps: Pick<RunnerDeps, "db" | "sealer" | "signer" | "publicUrl" | "archiveBytesMax" | "issuer" | "now">,
  request: ClaimRequest,
  claimed: { readonly workspace: Workspace; readonly hold: JobHold; readonly token: string },
  work: WorkToDo,
): Promise<RunnerJob> {
  const { workspace, hold, token } = claimed;
  const variables = await listEffectiveVariables(deps, workspace);
  const publicUrl = deps.publicUrl();
  const link = async (thing: JobThing): Promise<string> =>
    publicUrl + (await signJobLink(deps.signer, hold, thing, jobLifetimeMs(work.timeoutSeconds)));
  const hasState = (await findCurrentStateVersion(deps.db, workspace.id)) !== undefined;
  const projectName = (await findProject(deps.db, workspace.projectId))?.name ?? "";
  const { identity, environment, masked } = await makeRunIdentity(deps, {
    id: work.run.id,
    workspace,
    projectName,
    phase: work.phase,
    variables: environmentVariables(variables),
    expiresAt: deps.now() + work.timeoutSeconds * 1000,
  });
  const sshKey = workspace.sshKeyId === null ? undefined : await readSshKey(deps.db, deps.sealer, workspace.sshKeyId);
  const ofRun = runEnvironment({ run: work.run, workspace, projectName, variables, token, publicUrl });
  const made = withChanges(ofRun, environment);
  const given = withSshKey({ identity, environment: made }, sshKey);
  const secrets = [...variables, ...(sshKey === undefined ? [] : [{ value: sshKey, sensitive: true }])];
  return {
    id: hold.id,
    fence: hold.fence,
    lease_seconds: leaseSeconds,
    heartbeat_seconds: heartbeatSeconds,
    phase: work.phase,
    run_id: work.run.id,
    workspace: { id: workspace.id, name: workspace.name, organization: workspace.organizationName },
    engine: engineFor(request, workspace),
    working_directory: runDirectory(workspace),
    options: work.options,
    variables: inputVariables(variables, work.variables),
    environment: given.environment,
    ...(given.identity === undefined ? {} : { identity: given.identity }),
    masked: [...masked, ...maskedValues(secrets, token)],
    timeout_seconds: work.timeoutSeconds,
    urls: {
      configuration: await link("configuration"),
      state: hasState ? await link("state") : null,
      // The protocol has a place for each; what a kind of work has no business with is refused when it is used.
      state_upload: await link("state-upload"),
      plan_file: await link("plan-file"),
      plan_json: await link("plan-json"),
      ...(work.wantsRenderedPlan === true ? { plan_rendered: await link("plan-rendered") } : {}),
      log: await link("log"),
    },
    archive_bytes_max: deps.archiveBytesMax,
  };
}
