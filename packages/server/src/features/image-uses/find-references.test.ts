import { describe, expect, it } from "vitest";
import { searchPlan, searchState } from "./find-references.ts";

const none = () => false;

function state(resources: unknown[]): Buffer {
  return Buffer.from(JSON.stringify({ version: 4, serial: 1, resources }));
}

describe("searchState", () => {
  it("finds the image of every instance at its known attribute, with addresses as Terraform writes them", () => {
    const found = searchState(
      state([
        {
          mode: "managed",
          type: "aws_instance",
          name: "web",
          instances: [
            { index_key: 0, attributes: { ami: "ami-1" } },
            { index_key: "b", attributes: { ami: "ami-2" } },
          ],
        },
        {
          mode: "managed",
          module: 'module.db["x"]',
          type: "google_compute_instance",
          name: "db",
          instances: [{ attributes: { boot_disk: [{ initialize_params: [{ image: "img-3" }] }] } }],
        },
      ]),
    );
    expect(found?.references(none)).toEqual([
      { resource: "aws_instance.web[0]", attribute: "ami", identifier: "ami-1", declared: true },
      { resource: 'aws_instance.web["b"]', attribute: "ami", identifier: "ami-2", declared: true },
      {
        resource: 'module.db["x"].google_compute_instance.db',
        attribute: "boot_disk[].initialize_params[].image",
        identifier: "img-3",
        declared: true,
      },
    ]);
  });

  it("finds any text that equals a registered identifier in a type it has never heard of", () => {
    const found = searchState(
      state([
        {
          mode: "managed",
          type: "acme_box",
          name: "a",
          instances: [{ attributes: { spec: [{ from: "ami-1", note: "two words" }] } }],
        },
      ]),
    );
    expect(found?.identifiers.has("ami-1")).toBe(true);
    expect(found?.identifiers.has("two words")).toBe(false);
    expect(found?.references((id) => id === "ami-1")).toEqual([
      { resource: "acme_box.a", attribute: "spec[].from", identifier: "ami-1", declared: false },
    ]);
    expect(found?.references(none)).toEqual([]);
  });

  it("leaves out data sources, which read images and run none", () => {
    const found = searchState(
      state([{ mode: "data", type: "aws_instance", name: "x", instances: [{ attributes: { ami: "ami-1" } }] }]),
    );
    expect(found?.references(() => true)).toEqual([]);
  });

  it.each([
    ["an encrypted state", JSON.stringify({ encrypted_data: "…", encryption_version: "v0" })],
    ["bytes that are not JSON", "\u0000\u0001"],
    ["the JSON text null", "null"],
  ])("says that it cannot read %s", (_name, text) => {
    expect(searchState(Buffer.from(text))).toBeUndefined();
  });
});

describe("searchPlan", () => {
  const plan = (...changes: unknown[]) => ({ format_version: "1.2", resource_changes: changes });
  const machine = (actions: string[], before: unknown, after: unknown, after_unknown: unknown = {}) => ({
    address: "devcloud_machine.m",
    mode: "managed",
    type: "devcloud_machine",
    change: { actions, before, after, after_unknown },
  });

  it.each([
    ["a created resource", machine(["create"], null, { image: "sha256:a" }), true],
    [
      "a replaced resource that keeps its image",
      machine(["delete", "create"], { image: "sha256:a" }, { image: "sha256:a" }),
      true,
    ],
    ["an image that changes in place", machine(["update"], { image: "sha256:b" }, { image: "sha256:a" }), true],
    [
      "another attribute that changes in place",
      machine(["update"], { image: "sha256:a", size: "s" }, { image: "sha256:a", size: "l" }),
      false,
    ],
    ["a resource that stays as it is", machine(["no-op"], { image: "sha256:a" }, { image: "sha256:a" }), false],
  ])("tells whether %s newly uses its image", (_name, change, isNew) => {
    expect(searchPlan(plan(change)).references(none)).toMatchObject([{ identifier: "sha256:a", isNew }]);
  });

  it("ignores what is destroyed", () => {
    expect(searchPlan(plan(machine(["delete"], { image: "sha256:a" }, null))).references(none)).toEqual([]);
  });

  it("names image attributes that will be known only during the apply", () => {
    const search = searchPlan(plan(machine(["create"], null, {}, { image: true })));
    expect(search.unknown).toEqual([{ resource: "devcloud_machine.m", attribute: "image" }]);
  });

  it("sees an unknown above the attribute", () => {
    const change = { ...machine(["create"], null, {}, { boot_disk: true }), type: "google_compute_instance" };
    expect(searchPlan(plan(change)).unknown).toHaveLength(1);
  });

  it.each([null, 7, {}, "plan"])("refuses %j, which is no plan", (document) => {
    expect(() => searchPlan(document)).toThrow(/not the JSON form of a plan/);
  });
});
