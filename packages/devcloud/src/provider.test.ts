import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createProvider, type Provider, type RpcResponse } from "./provider.ts";
import { decodeValue, encodeValue, textOf, unknown, type DynamicValue, type ObjectValue } from "./value.ts";
import { listMachines, updateMachine } from "./world.ts";

const type_name = "devcloud_machine";
const none = encodeValue(null);
const plannedMachine: ObjectValue = {
  id: unknown,
  name: "web",
  image: "sha256:a",
  size: "small",
  tags: { role: "web" },
  user_data: null,
  ip_address: unknown,
  status: unknown,
  created_at: unknown,
};

let root: string;
let provider: Provider;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "devcloud-provider-"));
  provider = createProvider({ defaultRoot: root, now: () => new Date("2026-01-01T00:00:00Z") });
  expect(await provider.ConfigureProvider({ config: encodeValue({ root: null }) })).toEqual({});
});

afterEach(() => rm(root, { recursive: true }));

function stateOf(response: RpcResponse): ObjectValue | null {
  return decodeValue(response["new_state"] as DynamicValue);
}

function apply(prior: ObjectValue | null, planned: ObjectValue | null): Promise<RpcResponse> {
  return provider.ApplyResourceChange({
    type_name,
    prior_state: encodeValue(prior),
    planned_state: encodeValue(planned),
  });
}

function read(state: ObjectValue | null): Promise<RpcResponse> {
  return provider.ReadResource({ type_name, current_state: encodeValue(state), private: Buffer.from("kept") });
}

function inject(file: "fail.json" | "delay.json", content: unknown): Promise<void> {
  return writeFile(join(root, file), JSON.stringify(content));
}

describe("configuring", () => {
  it("asks for a root when neither the configuration nor the environment names one", async () => {
    provider = createProvider({ defaultRoot: undefined, now: () => new Date() });
    const { diagnostics } = await provider.ConfigureProvider({ config: encodeValue({ root: null }) });
    expect(diagnostics).toMatchObject([{ severity: "ERROR", summary: "devcloud has no root directory" }]);
  });

  it("prefers the root of the configuration", async () => {
    provider = createProvider({ defaultRoot: "/nonexistent", now: () => new Date() });
    await provider.ConfigureProvider({ config: encodeValue({ root }) });
    await apply(null, plannedMachine);
    expect(await listMachines(root)).toHaveLength(1);
  });

  it("plans, and does nothing else, while the root is unknown", async () => {
    provider = createProvider({ defaultRoot: undefined, now: () => new Date() });
    expect(await provider.ConfigureProvider({ config: encodeValue({ root: unknown }) })).toEqual({});
    const wanted = encodeValue({ ...plannedMachine, id: null, ip_address: null, status: null, created_at: null });
    const plan = await provider.PlanResourceChange({
      type_name,
      prior_state: none,
      proposed_new_state: wanted,
      config: wanted,
    });
    expect(plan.diagnostics).toEqual([]);
    expect((await apply(null, plannedMachine)).diagnostics).toMatchObject([
      { summary: "The root directory of devcloud is not known yet" },
    ]);
  });
});

describe("a machine", () => {
  it("is created with every promise of the plan kept and nothing left unknown", async () => {
    const state = stateOf(await apply(null, plannedMachine));
    expect(state).toEqual({
      ...plannedMachine,
      id: expect.stringMatching(/^m-[0-9a-f]{8}$/),
      ip_address: expect.stringMatching(/^10\.\d+\.\d+\.\d+$/),
      status: "running",
      created_at: "2026-01-01T00:00:00.000Z",
    });
    expect(await listMachines(root)).toEqual([state]);
  });

  it("reads back as it was created, and keeps the private data", async () => {
    const created = stateOf(await apply(null, plannedMachine));
    const response = await read(created);
    expect(stateOf(response)).toEqual(created);
    expect(response["private"]).toEqual(Buffer.from("kept"));
  });

  it("is gone from the state once its file is gone", async () => {
    const created = stateOf(await apply(null, plannedMachine));
    expect(stateOf(await apply(created, null))).toBeNull();
    expect(await listMachines(root)).toEqual([]);
    expect(stateOf(await read(created))).toBeNull();
  });

  it("keeps its prior state when an update finds it gone", async () => {
    const created = stateOf(await apply(null, plannedMachine))!;
    await rm(join(root, `machines/${textOf(created, "id")}.json`));
    const response = await apply(created, { ...created, name: "db" });
    expect(stateOf(response)).toEqual(created);
    expect(response.diagnostics).toMatchObject([{ summary: expect.stringContaining("is gone") }]);
  });

  it("is imported by its id", async () => {
    const created = stateOf(await apply(null, plannedMachine))!;
    const response = await provider.ImportResourceState({ type_name, id: textOf(created, "id") });
    const [imported] = response["imported_resources"] as [{ type_name: string; state: DynamicValue }];
    expect(imported.type_name).toBe(type_name);
    expect(decodeValue(imported.state)).toEqual(created);
  });

  it.each(["m-00000000", "../fail"])("is not imported by the wrong id %s", async (id) => {
    const { diagnostics } = await provider.ImportResourceState({ type_name, id });
    expect(diagnostics).toMatchObject([{ summary: `There is no devcloud_machine with the id "${id}"` }]);
  });

  it("shows in the data source, with those of the same prefix", async () => {
    const web = stateOf(await apply(null, plannedMachine))!;
    await apply(null, { ...plannedMachine, name: "db" });
    await updateMachine(root, textOf(web, "id"), { status: "stopped" });
    const { state } = await provider.ReadDataSource({
      type_name: "devcloud_machines",
      config: encodeValue({ name_prefix: "w", machines: null }),
    });
    expect(decodeValue(state as DynamicValue)).toEqual({
      name_prefix: "w",
      machines: [{ id: web["id"], name: "web", image: "sha256:a", size: "small", status: "stopped" }],
    });
  });
});

describe("a disk", () => {
  it("keeps a size that came as text, and writes it as a number", async () => {
    const planned = { id: unknown, name: "data", size_gb: "20", machine_id: null };
    const response = await provider.ApplyResourceChange({
      type_name: "devcloud_disk",
      prior_state: none,
      planned_state: encodeValue(planned),
    });
    const state = stateOf(response)!;
    expect(state["size_gb"]).toBe("20");
    const file = await readFile(join(root, `disks/${textOf(state, "id")}.json`), "utf8");
    expect(JSON.parse(file)).toMatchObject({ name: "data", size_gb: 20 });
  });
});

describe("a configuration", () => {
  it.each([
    ["devcloud_machine", "image", ""],
    ["devcloud_machine", "name", ""],
    ["devcloud_disk", "size_gb", 0],
    ["devcloud_disk", "size_gb", "1.5"],
  ])("of a %s is refused with the %s %j", async (type, attribute, value) => {
    const { diagnostics } = await provider.ValidateResourceConfig({
      type_name: type,
      config: encodeValue({ name: "x", [attribute]: value }),
    });
    expect(diagnostics).toMatchObject([{ attribute: { steps: [{ attribute_name: attribute }] } }]);
  });

  it("passes while its values are unknown", async () => {
    const config = encodeValue({ name: unknown, size_gb: unknown, machine_id: unknown });
    expect(await provider.ValidateResourceConfig({ type_name: "devcloud_disk", config })).toEqual({ diagnostics: [] });
  });

  it("cannot name a resource that devcloud does not have", async () => {
    const { diagnostics } = await provider.ValidateResourceConfig({ type_name: "devcloud_moon", config: none });
    expect(diagnostics).toMatchObject([{ summary: 'devcloud has no resource "devcloud_moon"' }]);
  });
});

describe("an older state", () => {
  it("is read from JSON, with what is missing as null and what is surplus left out", async () => {
    const json = Buffer.from('{"id":"d-1","name":"data","size_gb":20,"colour":"red"}');
    const response = await provider.UpgradeResourceState({ type_name: "devcloud_disk", raw_state: { json } });
    expect(decodeValue(response["upgraded_state"] as DynamicValue)).toEqual({
      id: "d-1",
      name: "data",
      size_gb: 20,
      machine_id: null,
    });
  });

  it("in the flat form of long ago is refused", async () => {
    const raw_state = { json: Buffer.alloc(0) };
    const { diagnostics } = await provider.UpgradeResourceState({ type_name: "devcloud_disk", raw_state });
    expect(diagnostics).toMatchObject([{ summary: "The state of devcloud_disk is not JSON" }]);
  });
});

describe("an injected fault", () => {
  it.each(["create", "*"])("of the operation %s fails a create, and nothing is made", async (operation) => {
    await inject("fail.json", { operation, message: "No capacity." });
    const response = await apply(null, plannedMachine);
    expect(stateOf(response)).toBeNull();
    expect(response.diagnostics).toMatchObject([
      { severity: "ERROR", summary: "devcloud refused to create devcloud_machine", detail: "No capacity." },
    ]);
    expect(await listMachines(root)).toEqual([]);
  });

  it.each(["update", "delete"])("fails the %s and leaves state and machine alone", async (operation) => {
    const created = stateOf(await apply(null, plannedMachine))!;
    await inject("fail.json", { operation, message: "No." });
    const response = await apply(created, operation === "delete" ? null : { ...created, name: "db" });
    expect(response.diagnostics).toMatchObject([{ detail: "No." }]);
    expect(stateOf(response)).toEqual(created);
    expect(await listMachines(root)).toEqual([created]);
  });

  it("fails a read and a plan", async () => {
    await inject("fail.json", { operation: "*", message: "No." });
    expect((await read({ id: "m-1" })).diagnostics).toMatchObject([{ detail: "No." }]);
    const plan = await provider.PlanResourceChange({
      type_name,
      prior_state: none,
      proposed_new_state: none,
      config: none,
    });
    expect(plan.diagnostics).toMatchObject([{ detail: "No." }]);
  });

  it.each([{ operation: "delete" }, { operation: "create", type: "devcloud_disk" }])(
    "that concerns others, %o, lets a machine be created",
    async (fault) => {
      await inject("fail.json", { ...fault, message: "No." });
      expect(stateOf(await apply(null, plannedMachine))).not.toBeNull();
    },
  );

  it.each([{}, [], { operation: "create" }, { operation: "craete", message: "No." }])(
    "that nobody can read, %j, is an error rather than no fault",
    async (fault) => {
      await inject("fail.json", fault);
      expect((await apply(null, plannedMachine)).diagnostics).toMatchObject([
        { detail: expect.stringContaining(`${join(root, "fail.json")} must hold`) },
      ]);
    },
  );

  it("delays an operation, and the stop of the provider ends the delay", async () => {
    await inject("delay.json", { operation: "create", ms: 60_000 });
    const creating = apply(null, plannedMachine);
    await provider.StopProvider({});
    expect((await creating).diagnostics).toMatchObject([{ summary: "devcloud was interrupted" }]);
    expect(await listMachines(root)).toEqual([]);
  });

  it("of a short delay only makes it slower", async () => {
    await inject("delay.json", { operation: "*", ms: 1 });
    expect(stateOf(await apply(null, plannedMachine))).not.toBeNull();
  });
});
