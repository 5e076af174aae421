import { listMachines, updateMachine } from "@ingot/devcloud";
import { buildGoldenImage, type GoldenImage } from "../build-golden-image.ts";
import type { Alert } from "../console-client.ts";
import { deleteVersion } from "../delete-version.ts";
import {
  appBucket,
  baseBucket,
  channelName,
  listUsesOf,
  pinnedWorkspaceName,
  workspaceName,
  type DemoWorld,
  type DemoWorkspaces,
} from "../demo-world.ts";
import { writePinnedImages } from "../pinned-images.ts";
import { showsOfRun } from "../shows-of-run.ts";
import { claim } from "../story.ts";
import { waitFor, waitForRun, waitForStatus } from "../wait-for.ts";

/** Where the demo leaves the world, for whoever looks around. */
export interface LeftBehind {
  readonly waitingRunId: string;
  readonly alerts: readonly Alert[];
}

/** Every use has a status without any plan, and it changes at once. */
export async function statusStage(world: DemoWorld, workspaces: DemoWorkspaces, builder: string): Promise<LeftBehind> {
  const { story, api } = world;
  // From here on somebody asks: an assessment of the schedule that is under way would be in the way.
  await api.updateSettings(workspaces.pinned, { assessments_enabled: false });
  await api.updateSettings(workspaces.machines, { follow: "off" });
  story.done(`${workspaceName} follows its channel no more: what changes now changes without a run`);
  const runs = await world.tfe.listRuns(workspaces.machines);

  await forget(world, builder);
  await changeStatuses(world, builder);
  const after = await world.tfe.listRuns(workspaces.machines);
  claim("no run was needed for any of it", after.length === runs.length, after);
  return leaveInteresting(world, workspaces);
}

/** A machine of an image that is deleted from the registry; beside it runs one that the registry has never known. */
async function forget(world: DemoWorld, builder: string): Promise<void> {
  const { story } = world;
  const base = await buildGoldenImage(world, baseBucket, { release: 3, builder });
  await writePinnedImages(world, { "legacy-cache": base.image.digest });
  await world.terraform(["apply", "-auto-approve"], { in: pinnedWorkspaceName, shows: showsOfRun });
  await expectStatuses(world, pinnedWorkspaceName, ["current", "untracked"]);
  await deleteVersion(world, baseBucket, base.version.fingerprint);
  await expectStatuses(world, pinnedWorkspaceName, ["unknown", "untracked"]);
  story.done(
    `${baseBucket} v3 is deleted while a machine runs it: unknown, which is not good; the other was never known`,
  );
}

async function changeStatuses(world: DemoWorld, builder: string): Promise<void> {
  const { story, registry } = world;
  const all = async (status: string, what: string): Promise<void> => {
    await expectStatuses(world, workspaceName, [status, status]);
    story.done(`${what}: ${status}`);
  };
  const v2 = await findVersion(world, "v2");
  const app: GoldenImage = await buildGoldenImage(world, appBucket, { release: 3, builder });
  await all("current", `${appBucket} v3 is built, and nobody has promoted it`);
  await promote(world, "v3");
  await all("behind", `${channelName} moves on to v3`);
  await world.ingot(["revoke", appBucket, "v2", "--in", "720h", "--reason", "v2 ends in thirty days"], {
    shows: () => true,
  });
  await all("scheduled", "v2 will be revoked in thirty days");
  await world.ingot(["revoke", appBucket, "v2", "--reason", "CVE-2026-4242 in libgolden"], { shows: () => true });
  await all("revoked", "v2 is revoked at once");
  await registry.updateVersion(appBucket, v2, { restore: true });
  await all("behind", "it was a false alarm, and v2 is restored");
  await promote(world, "v2");
  await all("current", `${channelName} goes back to v2`);
  claim("v3 is still there to be promoted", (await findVersion(world, "v3")) === app.version.fingerprint, app.version);
}

/** A run that waits for a person, a revocation in a month, and a machine that drifted: something to look at. */
async function leaveInteresting(world: DemoWorld, workspaces: DemoWorkspaces): Promise<LeftBehind> {
  const { story, api } = world;
  const [legacy] = (await listMachines(world.cloudDirectory)).filter(({ name }) => name === "legacy-db");
  await updateMachine(world.cloudDirectory, legacy?.id ?? "", { size: "huge", tags: { changed_by: "hand" } });
  await world.ingot(["assess", pinnedWorkspaceName], { shows: (line) => line.trim() !== "" });
  await api.updateSettings(workspaces.pinned, { assessments_enabled: true });
  story.done("legacy-db is changed by hand once more, found, and left so");

  await api.updateSettings(workspaces.machines, { follow: "plan", assessments_enabled: true });
  const before = new Set((await world.tfe.listRuns(workspaces.machines)).map((run) => run.id));
  await promote(world, "v3");
  const run = await waitForRun(world, workspaces.machines, before, `the move of ${channelName}`);
  await waitForStatus(world, run.id, ["planned"]);
  story.done(`${workspaceName} follows by a plan again: run ${run.id} waits for somebody to approve it`);
  await world.ingot(["revoke", appBucket, "v2", "--in", "720h", "--reason", "v2 ends in thirty days"], {
    shows: () => true,
  });

  const kinds = ["drift", "image-status", "revocation", "run-waiting"];
  const alerts = await waitFor(world, `open alerts of the kinds ${kinds.join(", ")}`, async () => {
    const open = await api.listAlerts("open");
    return kinds.every((kind) => open.some((alert) => alert.kind === kind)) ? open : undefined;
  });
  await world.ingot(["where"], { shows: () => true });
  story.done(`${alerts.length} alerts are open: ${alerts.map(({ title }) => title).join("; ")}`);
  return { waitingRunId: run.id, alerts };
}

async function expectStatuses(world: DemoWorld, workspace: string, expected: readonly string[]): Promise<void> {
  const uses = await listUsesOf(world, workspace);
  const found = uses.map(({ status }) => status).sort();
  claim(
    `the machines of ${workspace} are ${expected.join(" and ")}`,
    found.join() === [...expected].sort().join(),
    uses,
  );
}

async function promote(world: DemoWorld, version: string): Promise<void> {
  await world.ingot(["promote", appBucket, version, channelName], { shows: () => true });
}

async function findVersion(world: DemoWorld, name: string): Promise<string> {
  for await (const version of world.registry.listVersions(appBucket)) {
    if (version.name === name) return version.fingerprint;
  }
  claim(`${appBucket} has ${name}`, false, appBucket);
  return "";
}
