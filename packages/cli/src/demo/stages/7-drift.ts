import { listMachines, updateMachine, type Machine } from "@ingot/devcloud";
import type { AssessmentDetail, ResourceChange } from "../console-client.ts";
import { pinnedWorkspaceName, workspaceName, type DemoWorld, type DemoWorkspaces } from "../demo-world.ts";
import { showsOfRun } from "../shows-of-run.ts";
import { claim } from "../story.ts";
import { waitFor } from "../wait-for.ts";

/** What somebody changes by hand is found, on demand and by the schedule; one change is undone, another one is accepted. */
export async function driftStage(world: DemoWorld, workspaces: DemoWorkspaces): Promise<void> {
  const { story, api } = world;
  await api.updateSettings(workspaces.pinned, { assessments_enabled: true });
  const [pinned] = await machinesNamed(world, "legacy-");
  await resize(world, [pinned as Machine], "large");
  story.done(`somebody makes ${pinned?.name} large, behind Terraform's back; only the schedule will look there`);
  const [web1, web2] = (await machinesNamed(world, "web-")) as [Machine, Machine];
  await resize(world, [web1], "huge");
  story.done(`and ${web1.name} huge`);

  await undo(world, workspaces.machines, web1);
  await accept(world, workspaces.machines, [web1, web2]);
  await awaitSchedule(world, workspaces.pinned);
}

/** On demand; a normal run puts things back. */
async function undo(world: DemoWorld, workspaceId: string, machine: Machine): Promise<void> {
  const { story } = world;
  const found = await assess(world, workspaceId);
  const [change, ...others] = found.drift;
  claim("one resource has drifted", found.resources_drifted === 1 && others.length === 0, found);
  claim("it is web-1, and its size changed from small to huge", isResized(change, "small", "huge"), change);
  claim("it is the first machine's resource", change?.address === "devcloud_machine.web[0]", change);
  claim("it is known since when", !Number.isNaN(Date.parse(change?.since ?? "")), change);
  story.done(`found on demand: ${change?.address}, size "small" is "huge" in the world, since ${change?.since}`);

  await world.terraform(["apply", "-auto-approve"], { shows: showsOfRun });
  const [repaired] = await machinesNamed(world, "web-");
  claim("the run has put the size back", repaired?.size === "small" && repaired.id === machine.id, repaired);
  const after = await assess(world, workspaceId);
  claim("nothing has drifted any more", after.resources_drifted === 0 && after.pending.length === 0, after);
  story.done(`an ordinary run overwrites it: ${machine.name} is small again`);
}

/** A refresh-only run takes the world into the state; the configuration has to follow, or the next run undoes it. */
async function accept(world: DemoWorld, workspaceId: string, machines: readonly Machine[]): Promise<void> {
  const { story } = world;
  await resize(world, machines, "medium");
  const found = await assess(world, workspaceId);
  const areResized = found.drift.every((change) => isResized(change, "small", "medium"));
  claim("both machines have drifted from small to medium", found.drift.length === 2 && areResized, found);
  story.done("both machines are made medium by hand, and this time it is meant");

  await world.terraform(["apply", "-refresh-only", "-auto-approve"], { shows: showsOfRun });
  const left = await machinesNamed(world, "web-");
  claim(
    "the refresh-only run has changed no machine",
    left.every((machine) => machine.size === "medium"),
    left,
  );
  const accepted = await assess(world, workspaceId);
  claim("the state agrees with the world", accepted.resources_drifted === 0, accepted);
  const arePending = accepted.pending.every((change) => isResized(change, "medium", "small"));
  claim("the configuration does not, and Ingot says so", accepted.pending.length === 2 && arePending, accepted);
  story.done(
    "a refresh-only run accepts it: no drift; but the configuration still says small, which a run would bring back",
  );

  await world.tfe.createVariable(workspaceId, { category: "terraform", key: "size", value: "medium" });
  const settled = await assess(world, workspaceId);
  claim(
    "nothing drifts and nothing is pending",
    settled.resources_drifted === 0 && settled.pending.length === 0,
    settled,
  );
  story.done("the workspace's variable `size` is set to medium: configuration, state and world agree");
}

/** Nobody asks for this one. */
async function awaitSchedule(world: DemoWorld, workspaceId: string): Promise<void> {
  const { story, api } = world;
  const { next_assessment_at: next } = await api.getHealth(workspaceId);
  if (next !== null)
    story.say(`… the schedule (once a minute in this demo) looks at ${pinnedWorkspaceName} at ${next}`);
  const found = await waitFor(world, `the scheduled assessment of ${pinnedWorkspaceName}`, async () => {
    const { latest } = await api.getHealth(workspaceId);
    return latest?.trigger === "schedule" ? latest : undefined;
  });
  claim(
    "the schedule has found the drift",
    found.drift.length === 1 && isResized(found.drift[0], "small", "large"),
    found,
  );
  story.done(`found by the schedule, asked for by nobody: ${found.drift[0]?.address}, size "small" is "large"`);
}

/** `ingot assess`, and what the server knows after it. */
async function assess(world: DemoWorld, workspaceId: string): Promise<AssessmentDetail> {
  await world.ingot(["assess", workspaceName], { shows: (line) => line.trim() !== "" });
  const { latest } = await world.api.getHealth(workspaceId);
  claim("the assessment succeeded", latest?.succeeded === true, latest);
  return latest as AssessmentDetail;
}

function isResized(change: ResourceChange | undefined, from: string, to: string): boolean {
  const [attribute, ...others] = change?.attributes ?? [];
  return attribute?.path === "size" && attribute.before === from && attribute.after === to && others.length === 0;
}

async function machinesNamed(world: DemoWorld, prefix: string): Promise<Machine[]> {
  return (await listMachines(world.cloudDirectory)).filter(({ name }) => name.startsWith(prefix));
}

async function resize(world: DemoWorld, machines: readonly Machine[], size: string): Promise<void> {
  for (const { id } of machines) await updateMachine(world.cloudDirectory, id, { size });
}
