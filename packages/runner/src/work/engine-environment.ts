import type { RunnerJob } from "../protocol.ts";
import type { JobDirectory } from "./job-directory.ts";

/**
 * The whole environment of an engine: what the operator passes on, what the job names, and over both what makes the run
 * work. Nothing else of the runner's own environment is in it.
 */
export function engineEnvironment(options: {
  readonly job: Pick<RunnerJob, "environment" | "workspace">;
  readonly directory: JobDirectory;
  readonly engineDirectory: string;
  readonly passed: Readonly<Record<string, string>>;
}): Record<string, string> {
  const { job, directory } = options;
  const environment: Record<string, string> = {
    ...options.passed,
    ...job.environment,
    PATH: `/usr/local/bin:/usr/bin:/bin:${options.engineDirectory}`,
    HOME: directory.home,
    TMPDIR: directory.tmp,
    SSL_CERT_FILE: directory.caBundle,
    TF_CLI_CONFIG_FILE: directory.cliConfig,
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
    TF_WORKSPACE: job.workspace.name,
    CHECKPOINT_DISABLE: "1",
  };
  // It would move what `init` leaves for `plan` and `apply` out of the working directory.
  delete environment["TF_DATA_DIR"];
  return environment;
}
