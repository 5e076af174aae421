import { listMachines } from "@ingot/devcloud";
import { listImageUses } from "../../connection/image-uses.ts";
import { shorten } from "../build-golden-image.ts";
import { appBucket, baseBucket, channelName, listUsesOf, workspaceName, type DemoWorld } from "../demo-world.ts";
import { claim } from "../story.ts";
import { waitForRun, waitForStatus } from "../wait-for.ts";
import { buildStage } from "./1-build.ts";
import { promoteStage } from "./2-promote.ts";

/** New images, promoted: the channel's move queues the run, the run applies, and nothing uses the revoked image. */
export async function replaceStage(world: DemoWorld, workspaceId: string, builder: string): Promise<void> {
  const { story, tfe } = world;
  await world.api.updateSettings(workspaceId, { follow: "apply" });
  story.done(`${workspaceName} is to follow its channels without asking`);
  const images = await buildStage(world, 2, builder);
  const before = new Set((await tfe.listRuns(workspaceId)).map((run) => run.id));
  await promoteStage(world, images);

  const run = await waitForRun(world, workspaceId, before, `the move of ${channelName} of ${appBucket}`);
  story.done(`nobody asked for run ${run.id}: ${String(run.attributes["message"])}`);
  const final = await waitForStatus(world, run.id);
  claim("the run was applied", final.attributes["status"] === "applied", final.attributes);
  story.done(`run ${run.id} planned and applied by itself`);

  const { digest } = images.app.image;
  const machines = (await listMachines(world.cloudDirectory)).filter(({ name }) => name.startsWith("web-"));
  claim("both machines were replaced", machines.length === 2 && machines.every((m) => m.image === digest), machines);
  story.done(`the cloud has ${machines.map((m) => m.name).join(" and ")}, made from ${shorten(digest)}`);

  const uses = await listUsesOf(world, workspaceName);
  const areNew = uses.every((use) => use.bucket === appBucket && use.version === "v2" && use.status === "current");
  claim("every use shows the app's v2 as current", uses.length === 2 && areNew, uses);
  await world.ingot(["where"], { shows: () => true });
  const old = await listImageUses(world.http, world.connection, { bucket: baseBucket, version: "v1" });
  claim("nothing uses the revoked image or what stood on it", old.length === 0, old);
  story.done(`nothing uses ${baseBucket} v1 any more, nor anything that stood on it`);
}
