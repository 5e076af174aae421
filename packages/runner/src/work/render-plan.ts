import { redactPlan, type PlanJson, type ResourceChange } from "./redact-plan.ts";

/** What `providers schema -json` prints. */
export interface ProviderSchemas {
  readonly format_version?: string;
  readonly provider_schemas?: Readonly<Record<string, Schemas>>;
}

interface Schemas {
  readonly resource_schemas?: Readonly<Record<string, unknown>>;
  readonly data_source_schemas?: Readonly<Record<string, unknown>>;
  readonly action_schemas?: Readonly<Record<string, unknown>>;
}

type Kind = keyof Schemas;

/**
 * A plan as command lines render it: redacted, with the schema of every type that it speaks of and no other. Undefined when
 * one is missing: clients end with a crash without it. Source: terraform, internal/command/jsonformat, plan.
 */
export function renderPlan(plan: PlanJson, schemas: ProviderSchemas): object | undefined {
  const wanted = wantedSchemas(plan);
  const kept: Record<string, Partial<Record<Kind, Record<string, unknown>>>> = {};
  for (const { provider, kind, type } of wanted) {
    const schema = schemas.provider_schemas?.[provider]?.[kind]?.[type];
    if (schema === undefined) return undefined;
    const ofProvider = (kept[provider] ??= {});
    (ofProvider[kind] ??= {})[type] = schema;
  }
  return {
    plan_format_version: plan.format_version ?? "1.0",
    ...redactPlan(plan),
    provider_format_version: schemas.format_version ?? "1.0",
    provider_schemas: kept,
  };
}

interface WantedSchema {
  readonly provider: string;
  readonly kind: Kind;
  readonly type: string;
}

function wantedSchemas(plan: PlanJson): WantedSchema[] {
  const resources = [
    ...(plan.resource_changes ?? []),
    ...(plan.resource_drift ?? []),
    ...(plan.deferred_changes ?? []).map((deferred) => deferred.resource_change),
  ];
  const actions = (plan.action_invocations ?? []).map(({ provider_name: provider = "", type = "" }) => ({
    provider,
    kind: "action_schemas" as const,
    type,
  }));
  return [...resources.map(schemaOf), ...actions];
}

function schemaOf({ provider_name: provider = "", mode, type = "" }: ResourceChange): WantedSchema {
  return { provider, kind: mode === "data" ? "data_source_schemas" : "resource_schemas", type };
}
