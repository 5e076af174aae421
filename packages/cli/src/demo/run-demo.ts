import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findExecutable } from "../builders/find-executable.ts";
import { CommandError, type CommandCall } from "../command-line/command.ts";
import type { DemoOptions } from "./demo-options.ts";
import { appBucket, pinnedWorkspaceName, workspaceName, type DemoWorld } from "./demo-world.ts";
import { prepareWorld, type PreparedWorld } from "./prepare-world.ts";
import { buildStage } from "./stages/1-build.ts";
import { promoteStage } from "./stages/2-promote.ts";
import { provisionStage } from "./stages/3-provision.ts";
import { knowStage } from "./stages/4-know.ts";
import { revokeStage } from "./stages/5-revoke.ts";
import { replaceStage } from "./stages/6-replace.ts";
import { driftStage } from "./stages/7-drift.ts";
import { validateStage } from "./stages/8-validate.ts";
import { statusStage } from "./stages/9-status.ts";
import type { Story } from "./story.ts";
import { whereToLook, type Told } from "./where-to-look.ts";

/**
 * One golden image travels the whole way. Every claim is checked at the server's own APIs and on the disk; the first that
 * does not hold ends the demo with status 1, what to do, and where the logs are.
 */
export async function runDemo(options: DemoOptions, call: CommandCall, story: Story): Promise<number> {
  const abort = new AbortController();
  let stopped = (): void => undefined;
  const stop = new Promise<void>((resolve) => {
    stopped = resolve;
  });
  const ignore = call.onStop((signal) => {
    if (abort.signal.aborted) process.exit(signal === "SIGINT" ? 130 : 143);
    abort.abort();
    stopped();
  });
  const builder = await chooseBuilderName(options.builder, call.environment["PATH"]);
  const directory = await prepareDirectory(options.dataDir);
  let prepared: PreparedWorld | undefined;
  let failed = false;
  try {
    call.print(
      `One golden image travels the whole way. Images are built with ${builder}; everything is in ${directory}`,
    );
    prepared = await story.stage(0, "Start", "an Ingot on loopback, with TLS", () =>
      prepareWorld({ directory, environment: call.environment, story, signal: abort.signal }),
    );
    const told = await tellStory(prepared.world, story, builder);
    call.print("\ndemo: ok");
    if (!options.exit) {
      printAccess(call, prepared, told);
      await stop;
    }
    return 0;
  } catch (error) {
    if (abort.signal.aborted) {
      call.report("demo: stopped");
      return 130;
    }
    failed = true;
    if (!(error instanceof CommandError)) throw error;
    call.report(`\ndemo: failed: ${error.message}`);
    call.report(
      `What every program said is in ${join(directory, "logs")}; the server's part is server.log. Mend it and run the demo again.`,
    );
    return 1;
  } finally {
    await prepared?.close();
    ignore();
    // What was made by a demo that failed is what somebody wants to look into.
    if (options.dataDir === undefined && !failed) await rm(directory, { recursive: true, force: true });
  }
}

/** Makes the directory, a temporary one when none is named; an earlier demo's must not be mixed with this one. */
async function prepareDirectory(asked: string | undefined): Promise<string> {
  if (asked === undefined) return mkdtemp(join(tmpdir(), "ingot-demo-"));
  await mkdir(asked, { recursive: true, mode: 0o700 });
  if ((await readdir(asked)).length > 0) {
    throw new CommandError(`${asked} is not empty. Name a directory of its own with --data-dir.`);
  }
  return asked;
}

async function tellStory(world: DemoWorld, story: Story, builder: string): Promise<Told> {
  const images = await story.stage(1, "Build", "a base, and an app on it", () => buildStage(world, 1, builder));
  await story.stage(2, "Promote", "both into the channel production", () => promoteStage(world, images));
  const workspaces = await story.stage(3, "Provision", "two machines from what the channel holds", () =>
    provisionStage(world, images),
  );
  const workspaceId = workspaces.machines;
  await story.stage(4, "Know", "what runs where", () => knowStage(world));
  await story.stage(5, "Revoke", "the base has a hole", () => revokeStage(world, images, workspaceId));
  await story.stage(6, "Replace", "build again, promote, and let go", () => replaceStage(world, workspaceId, builder));
  await story.stage(7, "Drift", "what somebody changes by hand", () => driftStage(world, workspaces));
  const validated = await story.stage(8, "Validate", "what must be true of the machines", () =>
    validateStage(world, workspaces),
  );
  const left = await story.stage(9, "Status", "of every use, at once and without a plan", () =>
    statusStage(world, workspaces, builder),
  );
  return { ...workspaces, ...validated, ...left };
}

async function chooseBuilderName(asked: string, searchPath: string | undefined): Promise<string> {
  const hasPacker = (await findExecutable("packer", searchPath)) !== undefined;
  if (asked === "packer" && !hasPacker) {
    throw new CommandError("packer is not on PATH. Install it, or run the demo with --builder script.");
  }
  return asked === "auto" ? (hasPacker ? "packer" : "script") : asked;
}

function printAccess(call: CommandCall, prepared: PreparedWorld, told: Told): void {
  const { bootstrap } = prepared;
  const pages = whereToLook(bootstrap.url, told).map(({ text, url }) => `  ${text}:\n    ${url}`);
  call.print(`
Ingot stays up until Ctrl-C. Open the console and sign in with the token; the browser will not know the certificate:
  ${bootstrap.url}/app/
  as ${bootstrap.admin.username}, with the token ${bootstrap.admin.token}

What happened is on these pages:
${pages.join("\n")}

A run of ${workspaceName} waits to be approved, ${appBucket} v2 will be revoked in thirty days, and a machine of ${pinnedWorkspaceName} has drifted.

For other clients:
  service principal ${bootstrap.service_principal.client_id}, with the secret ${bootstrap.service_principal.client_secret}
  all of it, and the CA to trust: ${join(prepared.dataDirectory, "bootstrap.json")}
  in another terminal:  eval "$(npx ingot env --data-dir ${prepared.dataDirectory})"
                        npx ingot where
                        cd ${join(prepared.dataDirectory, "..", "machines")} && ${prepared.engine.path} plan`);
}
