import { listMachines } from "@ingot/devcloud";
import { shorten } from "../build-golden-image.ts";
import { workspaceName, type DemoWorld } from "../demo-world.ts";
import { claim } from "../story.ts";
import type { ImagePair } from "./1-build.ts";

/** The stock CLI, an unmodified cloud block: the run executes on Ingot's runner, and Ingot keeps the state. */
export async function provisionStage(world: DemoWorld, images: ImagePair): Promise<{ workspaceId: string }> {
  const { story, tfe } = world;
  await world.terraform(["init"], { shows: (line) => /initialized|Installed|Error/.test(line) });
  const workspace = await tfe.getWorkspace(workspaceName);
  await tfe.createEnvironmentVariable(workspace.id, "DEVCLOUD_ROOT", world.cloudDirectory);
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
  return { workspaceId: workspace.id };
}

/** What tells the story in the log of a run; all of it is in the demo's log directory. */
function showsOfRun(line: string): boolean {
  return /^(Running |Plan:|Apply complete|Apply cancelled|Preparing|Error:|╷|│|╵|image = |[a-z_]+\.[a-z_[\]0-9]+: (Creat|Destr|Modif)|\s+# |Resources: )/.test(
    line,
  );
}
