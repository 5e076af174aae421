/** What a plan holds, as far as values in it may be secret. Source: terraform, internal/command/jsonplan. */
export interface PlanJson {
  readonly format_version?: string;
  readonly resource_changes?: readonly ResourceChange[];
  readonly resource_drift?: readonly ResourceChange[];
  readonly deferred_changes?: readonly { readonly resource_change: ResourceChange }[];
  readonly output_changes?: Readonly<Record<string, Change>>;
  readonly relevant_attributes?: readonly unknown[];
  readonly action_invocations?: readonly ActionInvocation[];
}

export interface ResourceChange {
  readonly mode?: string;
  readonly type?: string;
  readonly provider_name?: string;
  readonly change?: Change;
}

export interface Change {
  readonly before?: unknown;
  readonly after?: unknown;
  /** `true`, or an object or list that has `true` wherever a value is sensitive. */
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
}

interface ActionInvocation {
  readonly type?: string;
  readonly provider_name?: string;
  readonly config_values?: unknown;
  readonly config_sensitive?: unknown;
}

/**
 * The parts of a plan that are shown to people, with placeholders for what is marked as sensitive. Types stay, as do lengths
 * of lists and names of members; two different values get two different placeholders, so that a change is still seen.
 */
export function redactPlan(plan: PlanJson) {
  const redactAll = (changes: readonly ResourceChange[] | undefined) => (changes ?? []).map(redactResource);
  return {
    resource_changes: redactAll(plan.resource_changes),
    resource_drift: redactAll(plan.resource_drift),
    output_changes: Object.fromEntries(
      Object.entries(plan.output_changes ?? {}).map(([name, change]) => [name, redactChange(change)]),
    ),
    relevant_attributes: plan.relevant_attributes ?? [],
    ...(plan.deferred_changes === undefined
      ? {}
      : {
          deferred_changes: plan.deferred_changes.map((deferred) => ({
            ...deferred,
            resource_change: redactResource(deferred.resource_change),
          })),
        }),
    ...(plan.action_invocations === undefined
      ? {}
      : { action_invocations: plan.action_invocations.map(redactInvocation) }),
  };
}

function redactResource(resource: ResourceChange): ResourceChange {
  return resource.change === undefined ? resource : { ...resource, change: redactChange(resource.change) };
}

function redactChange(change: Change): Change {
  const { before, after } = change;
  return {
    ...change,
    ...(before === undefined ? {} : { before: cover(before, change.before_sensitive, after, "before") }),
    ...(after === undefined ? {} : { after: cover(after, change.after_sensitive, before, "after") }),
  };
}

function redactInvocation(invocation: ActionInvocation): ActionInvocation {
  const { config_values: values, config_sensitive: marks } = invocation;
  return values === undefined ? invocation : { ...invocation, config_values: cover(values, marks, undefined, "after") };
}

type Side = "before" | "after";

/** The value with everything covered that the marks name. `other` is what stands there on the other side of the change. */
function cover(value: unknown, marks: unknown, other: unknown, side: Side): unknown {
  if (marks === true) return hide(value, other, side);
  if (!isContainer(marks)) return value;
  return mapContainer(value, (member, key) => cover(member, memberOf(marks, key), memberOf(other, key), side)) ?? value;
}

function hide(value: unknown, other: unknown, side: Side): unknown {
  const hidden = mapContainer(value, (member, key) => hide(member, memberOf(other, key), side));
  if (hidden !== undefined) return hidden;
  const differs = side === "after" && other !== undefined && other !== null && value !== other;
  switch (typeof value) {
    case "string":
      return differs ? "REDACTED (changed)" : "REDACTED";
    case "number":
      return differs ? 1 : 0;
    case "boolean":
      return differs;
    default:
      return null;
  }
}

function mapContainer(value: unknown, map: (member: unknown, key: string | number) => unknown): unknown {
  if (Array.isArray(value)) return value.map(map);
  if (!isContainer(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, map(member, key)]));
}

function memberOf(container: unknown, key: string | number): unknown {
  return isContainer(container) ? (container as Record<string | number, unknown>)[key] : undefined;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
