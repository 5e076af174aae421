import { copyFile, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TooManyBytes } from "../api-client.ts";
import { stateFileOf } from "./engine-session.ts";
import type { PhaseContext } from "./phase-context.ts";
import { unpackArchive, type ArchiveLimits } from "./unpack-archive.ts";
import { WorkError } from "./work-error.ts";

// Far above real configurations, which have hundreds of entries; vendored modules reach ten thousand.
const entriesMax = 200_000;

/** Downloads and unpacks the configuration into the job's directory. Throws WorkError for an archive that is refused. */
export async function fetchConfiguration(context: PhaseContext): Promise<void> {
  const { job, directory } = context;
  const limits = { bytesMax: job.archive_bytes_max, entriesMax };
  await fetchArchive(context, { url: job.urls.configuration, into: directory.config, limits });
}

/** Downloads what the plan phase has packed, and returns the directory with it. */
export async function fetchPlan(context: PhaseContext): Promise<string> {
  const into = join(context.directory.transfer, "plan");
  await mkdir(into);
  // Our own runners made it: a plan and the files that planning wrote, not bounded by the limit for configurations.
  await fetchArchive(context, { url: context.job.urls.plan_file, into, limits: { bytesMax: 2 ** 33, entriesMax } });
  return into;
}

async function fetchArchive(
  context: PhaseContext,
  options: { readonly url: string; readonly into: string; readonly limits: ArchiveLimits },
): Promise<void> {
  const file = `${options.into}.tar.gz`;
  const { bytesMax } = options.limits;
  try {
    // Compression may add a little to what does not compress.
    await context.api.download(options.url, file, { bytesMax: bytesMax + (1 << 20), signal: context.stop.interrupted });
  } catch (error) {
    if (!(error instanceof TooManyBytes)) throw error;
    throw new WorkError(`The archive was refused: it is larger than the ${bytesMax} bytes that are allowed.`);
  }
  await unpackArchive(file, options.into, options.limits);
}

/**
 * Puts the workspace's current state where the engine looks for it. Undefined when there is none yet. Throws WorkError for a
 * workspace whose name engines do not take.
 */
export async function fetchState(context: PhaseContext): Promise<Buffer | undefined> {
  const { job, directory } = context;
  const stateFile = join(directory.states, stateFileOf(job.workspace.name));
  if (job.urls.state === null) return undefined;
  const downloaded = join(directory.own, "state");
  await context.api.download(job.urls.state, downloaded, { bytesMax: Infinity, signal: context.stop.interrupted });
  await mkdir(dirname(stateFile), { recursive: true });
  await copyFile(downloaded, stateFile);
  return readFile(downloaded);
}
