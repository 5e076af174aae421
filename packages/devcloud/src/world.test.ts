import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { machineType } from "./resource-types.ts";
import { deleteMachine, findRecord, listMachines, saveRecord, updateMachine, type Machine } from "./world.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "devcloud-world-"));
});

afterEach(() => rm(root, { recursive: true }));

async function aSavedMachine(patch: Partial<Machine> = {}): Promise<Machine> {
  const machine: Machine = {
    id: "m-00000001",
    name: "web",
    image: "sha256:a",
    size: "small",
    tags: null,
    user_data: null,
    ip_address: "10.0.0.1",
    status: "running",
    created_at: "2026-01-01T00:00:00.000Z",
    ...patch,
  };
  await saveRecord(root, machineType, machine);
  return machine;
}

it("lists no machines before the first is made", async () => {
  expect(await listMachines(root)).toEqual([]);
});

it("lists machines by name, and by id when names are equal", async () => {
  for (const [id, name] of [
    ["m-3", "web"],
    ["m-2", "web"],
    ["m-1", "zoo"],
    ["m-4", "db"],
  ] as const) {
    await aSavedMachine({ id, name });
  }
  expect((await listMachines(root)).map(({ id }) => id)).toEqual(["m-4", "m-2", "m-3", "m-1"]);
});

it("writes files that people can read, and leaves no drafts", async () => {
  const machine = await aSavedMachine({ tags: { role: "web" } });
  expect(await readdir(join(root, "machines"))).toEqual(["m-00000001.json"]);
  const text = await readFile(join(root, "machines/m-00000001.json"), "utf8");
  expect(text).toBe(`${JSON.stringify(machine, undefined, 2)}\n`);
});

it("changes one machine and keeps the rest of it", async () => {
  const machine = await aSavedMachine();
  const changed = { ...machine, status: "stopped" };
  expect(await updateMachine(root, machine.id, { status: "stopped" })).toEqual(changed);
  expect(await listMachines(root)).toEqual([changed]);
});

it("refuses to change a machine that is not there, or into nonsense", async () => {
  await expect(updateMachine(root, "m-2", { status: "stopped" })).rejects.toThrow("There is no machine m-2");
  const { id } = await aSavedMachine();
  await expect(updateMachine(root, id, { status: 7 as never })).rejects.toThrow('"status" must be of the type');
});

it("deletes a machine, even one whose file nobody can read", async () => {
  const { id } = await aSavedMachine();
  await writeFile(join(root, `machines/${id}.json`), "{");
  await deleteMachine(root, id);
  await deleteMachine(root, id);
  expect(await listMachines(root)).toEqual([]);
});

it("names the file that somebody broke", async () => {
  const { id } = await aSavedMachine();
  const path = join(root, `machines/${id}.json`);
  await writeFile(path, "{");
  await expect(findRecord(root, machineType, id)).rejects.toThrow(`${path} is not valid JSON.`);
  await writeFile(path, '{"name":["web"]}');
  await expect(findRecord(root, machineType, id)).rejects.toThrow(`${path}: "name" must be of the type "string"`);
});

it("takes what a hand-edited file leaves out as null", async () => {
  await mkdir(join(root, "machines"));
  await writeFile(join(root, "machines/m-1.json"), '{"name":"web","colour":"red"}');
  expect(await findRecord(root, machineType, "m-1")).toMatchObject({ id: "m-1", name: "web", tags: null });
});

it.each(["../fail", "m-1/../../x", "", "machines"])("never looks outside the folder for the id %j", async (id) => {
  await writeFile(join(root, "fail.json"), "{}");
  expect(await findRecord(root, machineType, id)).toBeUndefined();
  await deleteMachine(root, id);
  expect(await readdir(root)).toEqual(["fail.json"]);
});
