import { listMachines } from "@ingot/devcloud";
import { shorten } from "../build-golden-image.ts";
import { pinnedWorkspaceName, workspaceName, type DemoWorld, type DemoWorkspaces } from "../demo-world.ts";
import { writePinnedImages } from "../pinned-images.ts";
import { showsOfRun } from "../shows-of-run.ts";
import { claim } from "../story.ts";
import type { ImagePair } from "./1-build.ts";

/** The stock CLI, an unmodified cloud block: the run executes on Ingot's runner, and Ingot keeps the state. */
export async function provisionStage(world: DemoWorld, images: ImagePair): Promise<DemoWorkspaces> {
  const { story, tfe } = world;
  await world.terraform(["init"], { shows: showsOfInit });
  const workspace = await tfe.getWorkspace(workspaceName);
  await tfe.createVariable(workspace.id, { category: "env", key: "DEVCLOUD_ROOT", value: world.cloudDirectory });
  story.done(`\`init\` made the workspace ${workspaceName}; its runs find the fake cloud by DEVCLOUD_ROOT`);

  await world.terraform(["apply", "-auto-approve"], { shows: showsOfRun });
  const [run] = await tfe.listRuns(workspace.id);
  claim("the run was applied", run?.attributes["status"] === "applied", run?.attributes);
  story.done(`run ${run?.id} was executed on the runner and applied; its logs came back here`);

  const state = await tfe.getCurrentState(workspace.id);
  story.done(`Ingot keeps the state, serial ${Number(state.attributes["serial"])}`);
  const machines = await listMachines(world.cloudDirectory);
  const { digest } = images.app.image;
  claim(
    "two machines run the image of the channel",
    machines.length === 2 && machines.every((m) => m.image === digest),
    machines,
  );
  story.done(`the cloud has ${machines.map((m) => m.name).join(" and ")}, made from ${shorten(digest)}`);
  return { machines: workspace.id, pinned: await provisionPinned(world) };
}

/** Not everything reads a channel: one machine of an image that nobody here has made. */
async function provisionPinned(world: DemoWorld): Promise<string> {
  const { story, tfe } = world;
  await writePinnedImages(world);
  await world.terraform(["init"], { in: pinnedWorkspaceName, shows: showsOfInit });
  const { id } = await tfe.getWorkspace(pinnedWorkspaceName);
  await tfe.createVariable(id, { category: "env", key: "DEVCLOUD_ROOT", value: world.cloudDirectory });
  await world.terraform(["apply", "-auto-approve"], { in: pinnedWorkspaceName, shows: showsOfRun });
  const machines = await listMachines(world.cloudDirectory);
  claim("a third machine runs, of a stock image", machines.length === 3, machines);
  story.done(`beside them legacy-db in the workspace ${pinnedWorkspaceName}, whose image is no golden one`);
  return id;
}

function showsOfInit(line: string): boolean {
  return /initialized|Installed|Error/.test(line);
}
