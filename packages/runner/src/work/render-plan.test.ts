import { expect, it } from "vitest";
import { renderPlan } from "./render-plan.ts";

const schemas = {
  format_version: "1.0",
  provider_schemas: {
    cloud: {
      provider: { version: 0 },
      resource_schemas: { cloud_vm: { version: 1 }, cloud_disk: { version: 2 } },
      data_source_schemas: { cloud_image: { version: 3 } },
    },
    other: { resource_schemas: { other_thing: { version: 4 } } },
  },
};
const of = (type: string, mode = "managed") => ({ provider_name: "cloud", type, mode });

it("brings the schemas of what the plan speaks of, and no other", () => {
  const plan = {
    format_version: "1.2",
    resource_changes: [of("cloud_vm"), of("cloud_image", "data")],
    resource_drift: [of("cloud_vm")],
  };
  expect(renderPlan(plan, schemas)).toEqual({
    plan_format_version: "1.2",
    provider_format_version: "1.0",
    resource_changes: plan.resource_changes,
    resource_drift: plan.resource_drift,
    output_changes: {},
    relevant_attributes: [],
    provider_schemas: {
      cloud: {
        resource_schemas: { cloud_vm: { version: 1 } },
        data_source_schemas: { cloud_image: { version: 3 } },
      },
    },
  });
});

it("is nothing when a schema is missing, which command lines would crash on", () => {
  expect(renderPlan({ resource_changes: [of("cloud_image")] }, schemas)).toBeUndefined();
  expect(renderPlan({ resource_drift: [{ ...of("cloud_vm"), provider_name: "unknown" }] }, schemas)).toBeUndefined();
});
