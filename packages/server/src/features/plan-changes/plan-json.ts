import { Type, type Static } from "typebox";
import { Value } from "typebox/value";
import { DomainError } from "../../platform/errors.ts";

const ChangeSchema = Type.Object({
  actions: Type.Array(Type.String()),
  before: Type.Optional(Type.Unknown()),
  after: Type.Optional(Type.Unknown()),
  after_unknown: Type.Optional(Type.Unknown()),
  before_sensitive: Type.Optional(Type.Unknown()),
  after_sensitive: Type.Optional(Type.Unknown()),
  replace_paths: Type.Optional(Type.Array(Type.Array(Type.Union([Type.String(), Type.Number()])))),
  importing: Type.Optional(Type.Unknown()),
});
export type PlannedChange = Static<typeof ChangeSchema>;

const ResourceSchema = Type.Object({
  address: Type.String(),
  previous_address: Type.Optional(Type.String()),
  mode: Type.Optional(Type.String()),
  type: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  provider_name: Type.Optional(Type.String()),
  action_reason: Type.Optional(Type.String()),
  change: ChangeSchema,
});
export type PlannedResource = Static<typeof ResourceSchema>;

const CheckSchema = Type.Object({
  address: Type.Object({
    kind: Type.String(),
    mode: Type.Optional(Type.String()),
    to_display: Type.String(),
  }),
  status: Type.String(),
  instances: Type.Optional(
    Type.Array(
      Type.Object({
        problems: Type.Optional(Type.Array(Type.Object({ message: Type.Optional(Type.String()) }))),
      }),
    ),
  ),
});
export type PlannedCheck = Static<typeof CheckSchema>;

/** What is read of `show -json`. Source: Terraform and OpenTofu, internal/command/jsonplan and jsonchecks. */
const PlanSchema = Type.Object({
  format_version: Type.String(),
  resource_drift: Type.Optional(Type.Array(ResourceSchema)),
  resource_changes: Type.Optional(Type.Array(ResourceSchema)),
  output_changes: Type.Optional(Type.Record(Type.String(), ChangeSchema)),
  checks: Type.Optional(Type.Array(CheckSchema)),
  variables: Type.Optional(Type.Record(Type.String(), Type.Object({ value: Type.Optional(Type.Unknown()) }))),
  configuration: Type.Optional(
    Type.Object({
      root_module: Type.Optional(
        Type.Object({
          variables: Type.Optional(
            Type.Record(Type.String(), Type.Object({ sensitive: Type.Optional(Type.Boolean()) })),
          ),
        }),
      ),
    }),
  ),
  prior_state: Type.Optional(
    Type.Object({ values: Type.Optional(Type.Object({ root_module: Type.Optional(Type.Unknown()) })) }),
  ),
});
export type PlanJson = Static<typeof PlanSchema>;

/** Errors: invalid/plan_json. */
export function parsePlanJson(plan: unknown): PlanJson {
  if (Value.Check(PlanSchema, plan)) return plan;
  throw new DomainError("invalid", "plan_json", "This is not the JSON of a plan as `show -json` prints it.");
}

const ModuleSchema = Type.Object({
  resources: Type.Optional(
    Type.Array(Type.Object({ address: Type.Optional(Type.String()), mode: Type.Optional(Type.String()) })),
  ),
  child_modules: Type.Optional(Type.Array(Type.Unknown())),
});

/** The addresses of the managed instances that the refreshed state holds, in all modules. */
export function listManagedAddresses(plan: PlanJson): string[] {
  const addresses: string[] = [];
  const modules: unknown[] = [plan.prior_state?.values?.root_module];
  for (let module = modules.pop(); modules.length > 0 || module !== undefined; module = modules.pop()) {
    if (!Value.Check(ModuleSchema, module)) continue;
    for (const resource of module.resources ?? []) {
      if (resource.mode === "managed" && resource.address !== undefined) addresses.push(resource.address);
    }
    modules.push(...(module.child_modules ?? []));
  }
  return addresses;
}

export function isContainer(value: unknown): value is Record<string, unknown> | unknown[] {
  return typeof value === "object" && value !== null;
}
