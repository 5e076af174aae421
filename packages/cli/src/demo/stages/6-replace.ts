import { setTimeout as sleep } from "node:timers/promises";
import { Type } from "typebox";
import { listMachines } from "@ingot/devcloud";
import { CommandError } from "../../command-line/command.ts";
import { callApi } from "../../connection/call-api.ts";
import { listImageUses } from "../../connection/image-uses.ts";
import { shorten } from "../build-golden-image.ts";
import { appBucket, baseBucket, channelName, workspaceName, type DemoWorld } from "../demo-world.ts";
import { claim } from "../story.ts";
import type { TfeResource } from "../tfe-client.ts";
import { buildStage } from "./1-build.ts";
import { promoteStage } from "./2-promote.ts";

// An apply of two machines takes seconds; a runner that died is noticed after a minute.
const runMsMax = 150_000;
const pollMs = 300;

/** New images, promoted: the channel's move queues the run, the run applies, and nothing uses the revoked image. */
export async function replaceStage(world: DemoWorld, workspaceId: string, builder: string): Promise<void> {
  const { story, tfe } = world;
  await followByApplying(world, workspaceId);
  const images = await buildStage(world, 2, builder);
  const before = new Set((await tfe.listRuns(workspaceId)).map((run) => run.id));
  await promoteStage(world, images);

  const run = await waitForRun(world, workspaceId, before);
  story.done(`nobody asked for run ${run.id}: ${String(run.attributes["message"])}`);
  const final = await waitForEnd(world, run.id);
  claim("the run was applied", final.attributes["status"] === "applied", final.attributes);
  story.done(`run ${run.id} planned and applied by itself`);

  const { digest } = images.app.image;
  const machines = await listMachines(world.cloudDirectory);
  claim("both machines were replaced", machines.length === 2 && machines.every((m) => m.image === digest), machines);
  story.done(`the cloud has ${machines.map((m) => m.name).join(" and ")}, made from ${shorten(digest)}`);

  const uses = await listImageUses(world.http, world.connection);
  const areNew = uses.every((use) => use.bucket === appBucket && use.version === "v2" && use.status === "current");
  claim("every use shows the app's v2 as current", uses.length === 2 && areNew, uses);
  await world.ingot(["where"], () => true);
  const old = await listImageUses(world.http, world.connection, { bucket: baseBucket, version: "v1" });
  claim("nothing uses the revoked image or what stood on it", old.length === 0, old);
  story.done(`nothing uses ${baseBucket} v1 any more, nor anything that stood on it`);
}

/** From now on a move of the channel is applied without asking anybody. */
async function followByApplying(world: DemoWorld, workspaceId: string): Promise<void> {
  const { story, http, connection } = world;
  const body = { follow: "apply" };
  await callApi(
    { http, connection },
    { method: "PATCH", path: `/workspaces/${workspaceId}/settings`, body },
    Type.Unknown(),
  );
  story.done(`workspace ${workspaceName} follows ${channelName} by itself: setting \`follow\` is \`apply\``);
}

/** The run that the move of the channel queued. */
async function waitForRun(world: DemoWorld, workspaceId: string, before: ReadonlySet<string>): Promise<TfeResource> {
  return waitFor(world, `a run queued by the move of ${channelName} of ${appBucket}`, async () => {
    const runs = await world.tfe.listRuns(workspaceId);
    return runs.find((run) => !before.has(run.id));
  });
}

const finalStatuses = ["applied", "planned_and_finished", "errored", "canceled", "force_canceled", "discarded"];

async function waitForEnd(world: DemoWorld, runId: string): Promise<TfeResource> {
  let shown = "";
  return waitFor(world, `the end of run ${runId}`, async () => {
    const run = await world.tfe.getRun(runId);
    const status = String(run.attributes["status"]);
    if (status !== shown) world.story.output(`run ${runId} is ${status}`);
    shown = status;
    return finalStatuses.includes(status) ? run : undefined;
  });
}

async function waitFor<T>(world: DemoWorld, what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const endsAt = performance.now() + runMsMax;
  while (performance.now() < endsAt) {
    const found = await ask();
    if (found !== undefined) return found;
    await sleep(pollMs, undefined, { signal: world.signal });
  }
  throw new CommandError(`Waited ${runMsMax / 1000} s for ${what}, and it did not come.`);
}
