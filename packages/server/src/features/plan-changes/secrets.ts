import { isContainer, type PlanJson } from "./plan-json.ts";

/** The values of a plan that must not be shown, wherever they appear. */
export interface Secrets {
  /** Whether one of them is in the value, at any depth. */
  areIn(value: unknown): boolean;
  /** The text without them. */
  hide(text: string): string;
}

// Shorter ones are words that appear everywhere.
const wholeLengthMin = 4;
const partLengthMin = 8;

/**
 * What the plan marks as sensitive, and the values of sensitive variables of the root module. The marks alone are not
 * enough: an attribute that a provider computes from a secret carries none. Source: terraform_data.output.
 */
export function collectSecrets(plan: PlanJson): Secrets {
  const texts = new Set<string>();
  const collect = (value: unknown, mask: unknown): void => {
    if (typeof value === "string") {
      if (mask === true && value.length >= wholeLengthMin) texts.add(value);
    } else if (isContainer(value) && mask !== undefined && mask !== false) {
      for (const [key, child] of Object.entries(value)) {
        collect(child, mask === true ? true : (mask as Record<string, unknown>)[key]);
      }
    }
  };
  const changes = [
    ...[...(plan.resource_drift ?? []), ...(plan.resource_changes ?? [])].map((resource) => resource.change),
    ...Object.values(plan.output_changes ?? {}),
  ];
  for (const change of changes) {
    collect(change.before, change.before_sensitive);
    collect(change.after, change.after_sensitive);
  }
  for (const [name, { sensitive }] of Object.entries(plan.configuration?.root_module?.variables ?? {})) {
    if (sensitive === true) collect(plan.variables?.[name]?.value, true);
  }
  const parts = [...texts].filter((text) => text.length >= partLengthMin).sort((a, b) => b.length - a.length);
  const areIn = (value: unknown): boolean => {
    if (typeof value === "string") return texts.has(value) || parts.some((part) => value.includes(part));
    return isContainer(value) && Object.values(value).some(areIn);
  };
  return {
    areIn,
    hide: (text) => parts.reduce((shown, part) => shown.replaceAll(part, "(sensitive value)"), text),
  };
}

/** Whether a mask covers anything. */
export function containsTrue(mask: unknown): boolean {
  return mask === true || (isContainer(mask) && Object.values(mask).some(containsTrue));
}
