import { describe, expect, it } from "vitest";
import { planResource } from "./plan-resource.ts";
import { resourceTypes } from "./resource-types.ts";
import { unknown, type ObjectValue } from "./value.ts";

const [machine, launchTemplate] = resourceTypes.map(({ attributes }) => attributes) as [never, never];

function aMachineConfig(patch: ObjectValue = {}): ObjectValue {
  const computed = { id: null, ip_address: null, status: null, created_at: null };
  return { ...computed, name: "web", image: "sha256:a", size: null, tags: null, user_data: null, ...patch };
}

function aMachine(patch: ObjectValue = {}): ObjectValue {
  const computed = { id: "m-1", ip_address: "10.0.0.1", status: "running", created_at: "2026-01-01T00:00:00.000Z" };
  return { ...aMachineConfig(), ...computed, size: "small", ...patch };
}

/** What the CLI proposes: the configuration, with the computed values of before where it says nothing. */
function anUpdate(prior: ObjectValue, config: ObjectValue) {
  const kept = ["id", "ip_address", "status", "created_at", "size", "version"].filter((name) => name in config);
  const computed = kept.map((name) => [name, config[name] ?? prior[name]!] as const);
  return { prior, config, proposed: { ...config, ...Object.fromEntries(computed) } };
}

describe("a new machine", () => {
  it("has the default size, and leaves to the apply only what devcloud decides", () => {
    const config = aMachineConfig();
    expect(planResource(machine, { prior: null, proposed: config, config })).toEqual({
      planned: { ...config, id: unknown, size: "small", ip_address: unknown, status: unknown, created_at: unknown },
      requiresReplace: [],
    });
  });

  it("takes what the configuration says, unknown values included", () => {
    const config = aMachineConfig({ image: unknown, size: "large" });
    const { planned } = planResource(machine, { prior: null, proposed: config, config });
    expect(planned).toMatchObject({ image: unknown, size: "large" });
  });
});

describe("a machine that exists", () => {
  it("stays as it is when the configuration does", () => {
    const change = anUpdate(aMachine(), aMachineConfig());
    expect(planResource(machine, change)).toEqual({ planned: aMachine(), requiresReplace: [] });
  });

  it.each([{ name: "db" }, { size: "large" }, { tags: { role: "db" } }, { user_data: "x" }])(
    "changes in place for %o",
    (patch) => {
      const change = anUpdate(aMachine(), aMachineConfig(patch));
      expect(planResource(machine, change)).toEqual({ planned: aMachine(patch), requiresReplace: [] });
    },
  );

  it.each(["sha256:b", unknown])("is replaced for another image: %s", (image) => {
    const { requiresReplace } = planResource(machine, anUpdate(aMachine(), aMachineConfig({ image })));
    expect(requiresReplace).toEqual(["image"]);
  });

  it("goes back to the default size when somebody changed it", () => {
    const { planned } = planResource(machine, anUpdate(aMachine({ size: "huge" }), aMachineConfig()));
    expect(planned).toEqual(aMachine());
  });

  it("keeps a status that somebody changed, since no configuration says another", () => {
    const stopped = aMachine({ status: "stopped" });
    expect(planResource(machine, anUpdate(stopped, aMachineConfig())).planned).toEqual(stopped);
  });
});

describe("a launch template", () => {
  const prior = { id: "lt-1", name: "web", image: "sha256:a", version: 3 };
  const config = { id: null, name: "web", image: "sha256:a", version: null };

  it("changes its image in place, and gets a version not known yet", () => {
    const change = anUpdate(prior, { ...config, image: "sha256:b" });
    expect(planResource(launchTemplate, change)).toEqual({
      planned: { ...prior, image: "sha256:b", version: unknown },
      requiresReplace: [],
    });
  });

  it("keeps its version when nothing changes", () => {
    expect(planResource(launchTemplate, anUpdate(prior, config)).planned).toEqual(prior);
  });
});
