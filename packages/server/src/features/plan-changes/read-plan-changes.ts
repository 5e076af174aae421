import { boundedValue, compareValues } from "./compare-values.ts";
import type { ChangeKind, Check, CheckStatus, OutputChange, PlanChanges, ResourceChange } from "./plan-changes.ts";
import {
  listManagedAddresses,
  parsePlanJson,
  type PlanJson,
  type PlannedChange,
  type PlannedCheck,
  type PlannedResource,
} from "./plan-json.ts";
import { collectSecrets, containsTrue, type Secrets } from "./secrets.ts";

/**
 * Reads what `show -json` prints for a plan. Resources that stay as they are do not appear, but for those that move or are
 * imported. Nothing that the plan marks as sensitive is in the answer. Errors: invalid/plan_json.
 */
export function readPlanChanges(planJson: unknown): PlanChanges {
  const plan = parsePlanJson(planJson);
  const secrets = collectSecrets(plan);
  const toChanges = (resources: readonly PlannedResource[] = []): ResourceChange[] =>
    resources.map((resource) => toResourceChange(resource, secrets)).filter(isChange);
  const drift = toChanges(plan.resource_drift);
  return {
    changes: toChanges(plan.resource_changes),
    drift,
    outputs: toOutputChanges(plan, secrets),
    checks: (plan.checks ?? []).flatMap((check) => toCheck(check, secrets)),
    managedCount: new Set([
      ...listManagedAddresses(plan),
      // What was deleted outside is no longer in the refreshed state.
      ...drift.filter((change) => change.mode === "managed").map((change) => change.address),
    ]).size,
  };
}

function isChange(change: ResourceChange): boolean {
  return change.kind !== "none" || change.reason !== null;
}

function toResourceChange(resource: PlannedResource, secrets: Secrets): ResourceChange {
  const { attributes, leftOut } = compareValues(resource.change, secrets);
  return {
    address: resource.address,
    mode: resource.mode === "data" ? "data" : "managed",
    type: resource.type ?? "",
    name: resource.name ?? "",
    provider: resource.provider_name ?? "",
    actions: resource.change.actions,
    kind: kindOf(resource.change.actions),
    attributes,
    attributesLeftOut: leftOut,
    reason: reasonOf(resource),
  };
}

function kindOf(actions: readonly string[]): ChangeKind {
  if (actions.includes("create")) return actions.includes("delete") ? "replace" : "create";
  if (actions.includes("delete")) return "delete";
  if (actions.includes("update")) return "update";
  return actions.includes("read") ? "read" : "none";
}

/** Source: Terraform, internal/command/jsonplan/plan.go, the constants of ActionReason. */
const reasons: Readonly<Record<string, string>> = {
  replace_because_tainted: "It is tainted: its creation or a provisioner failed.",
  replace_because_cannot_update: "An attribute cannot be changed in place.",
  replace_by_request: "Its replacement was asked for.",
  replace_by_triggers: "Something that it is replaced with has changed.",
  delete_because_no_resource_config: "It is no longer in the configuration.",
  delete_because_no_module: "Its module is no longer in the configuration.",
  delete_because_wrong_repetition: "Its count or for_each was added or removed.",
  delete_because_count_index: "Its index is beyond the count.",
  delete_because_each_key: "Its key is no longer in for_each.",
  delete_because_no_move_target: "It was moved to an address that is not in the configuration.",
  read_because_config_unknown: "Its configuration is known only after the apply.",
  read_because_dependency_pending: "Something that it depends on changes.",
  read_because_check_nested: "It is read for a check.",
};

function reasonOf(resource: PlannedResource): string | null {
  const { action_reason: reason, previous_address: previous } = resource;
  const parts = [
    ...(previous === undefined ? [] : [`It was ${previous} before.`]),
    ...(resource.change.importing == null ? [] : ["It is imported."]),
    ...(reason === undefined ? [] : [reasons[reason] ?? `${reason.replaceAll("_", " ")}.`]),
  ];
  return parts.length === 0 ? null : parts.join(" ");
}

function toOutputChanges(plan: PlanJson, secrets: Secrets): OutputChange[] {
  return Object.entries(plan.output_changes ?? {}).flatMap(([name, change]): OutputChange[] => {
    const action = kindOf(change.actions);
    if (action !== "create" && action !== "update" && action !== "delete") return [];
    const sensitive =
      [change.before_sensitive, change.after_sensitive].some(containsTrue) ||
      [change.before, change.after].some((value) => secrets.areIn(value));
    return [{ name, action, sensitive, ...(sensitive ? {} : valuesOf(change)) }];
  });
}

/** A value that is known only after the apply is left out. */
function valuesOf(change: PlannedChange): { readonly before: unknown; readonly after?: unknown } {
  const before = boundedValue(change.before);
  return containsTrue(change.after_unknown) ? { before } : { before, after: boundedValue(change.after) };
}

const problemsMax = 50;

/** Nothing for objects whose conditions cannot fail without failing the plan, such as input variables. */
function toCheck(check: PlannedCheck, secrets: Secrets): Check[] {
  const kind = checkKindOf(check);
  if (kind === undefined) return [];
  const messages = (check.instances ?? []).flatMap((instance) =>
    (instance.problems ?? []).map((problem) => boundedValue(secrets.hide(problem.message ?? "")) as string),
  );
  return [
    {
      address: check.address.to_display,
      kind,
      status: checkStatusOf(check.status),
      problems: [...new Set(messages)].filter((message) => message !== "").slice(0, problemsMax),
    },
  ];
}

function checkKindOf({ address }: PlannedCheck): Check["kind"] | undefined {
  switch (address.kind) {
    case "check":
      return "check";
    case "output_value":
      return "output";
    case "resource":
      return address.mode === "data" ? "data" : "resource";
    default:
      return undefined;
  }
}

function checkStatusOf(status: string): CheckStatus {
  return status === "pass" || status === "fail" || status === "error" ? status : "unknown";
}
