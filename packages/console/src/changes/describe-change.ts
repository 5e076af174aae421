import {
  IconArrowsExchange,
  IconCircleMinus,
  IconCirclePlus,
  IconEye,
  IconPencil,
  IconQuestionMark,
} from "@tabler/icons-react";
import type { StatusLook } from "../parts/status.ts";
import { plural } from "../parts/plural.ts";
import type { AttributeChange, ChangeKind, Check, ResourceChange } from "./resource-change.ts";

/** What a plan would do to a resource. */
export const planned: Readonly<Record<ChangeKind, StatusLook>> = {
  create: { label: "Create", tone: "good", icon: IconCirclePlus },
  update: { label: "Update in place", tone: "warn", icon: IconPencil },
  delete: { label: "Destroy", tone: "bad", icon: IconCircleMinus },
  replace: { label: "Replace", tone: "bad", icon: IconArrowsExchange },
  read: { label: "Read", tone: "busy", icon: IconEye, meaning: "The data source is read during the apply." },
  none: { label: "No change", tone: "quiet", icon: IconQuestionMark },
};

/** What has happened to a resource behind the engine's back. */
export const drifted: Readonly<Record<ChangeKind, StatusLook>> = {
  create: { label: "Appeared", tone: "warn", icon: IconCirclePlus },
  update: { label: "Changed outside", tone: "warn", icon: IconPencil },
  delete: { label: "Deleted outside", tone: "bad", icon: IconCircleMinus },
  replace: { label: "Recreated outside", tone: "bad", icon: IconArrowsExchange },
  read: { label: "Reads something else", tone: "warn", icon: IconEye },
  none: { label: "Changed outside", tone: "warn", icon: IconPencil },
};

/** The look of one change; a replacement says which of the two comes first. */
export function lookOfChange(change: ResourceChange, sort: "plan" | "drift"): StatusLook {
  if (sort === "drift") return drifted[change.kind];
  const look = planned[change.kind];
  if (change.kind !== "replace") return look;
  return {
    ...look,
    meaning:
      change.actions[0] === "create"
        ? "The new one is created before the old one is destroyed."
        : "The old one is destroyed before the new one is created.",
  };
}

/** For example `2 to create, 1 to replace`; `nothing to change` without changes. */
export function summarizeChanges(changes: readonly ResourceChange[]): string {
  const verbs: readonly (readonly [ChangeKind, string])[] = [
    ["create", "to create"],
    ["update", "to update"],
    ["replace", "to replace"],
    ["delete", "to destroy"],
    ["read", "to read"],
  ];
  const parts = verbs.flatMap(([kind, words]) => {
    const count = changes.filter((change) => change.kind === kind).length;
    return count === 0 ? [] : [`${count.toLocaleString("en")} ${words}`];
  });
  return parts.length === 0 ? "nothing to change" : parts.join(", ");
}

/** The dangerous ones first, then by address. */
export function sortChanges(changes: readonly ResourceChange[]): readonly ResourceChange[] {
  const order: readonly ChangeKind[] = ["delete", "replace", "update", "create", "read", "none"];
  return [...changes].sort(
    (a, b) =>
      order.indexOf(a.kind) - order.indexOf(b.kind) || a.address.localeCompare(b.address, "en", { numeric: true }),
  );
}

/** What forces a replacement first, what is known only after the apply last. */
export function sortAttributes(attributes: readonly AttributeChange[]): readonly AttributeChange[] {
  const rank = (attribute: AttributeChange) => (attribute.forces_replacement ? 0 : attribute.unknown ? 2 : 1);
  return [...attributes].sort((a, b) => rank(a) - rank(b) || a.path.localeCompare(b.path, "en", { numeric: true }));
}

export type ShownValue =
  { readonly kind: "text" | "literal" | "json"; readonly text: string } | { readonly kind: "absent" };

/** A value as a person reads it: texts without quotes, everything else as JSON. */
export function showValue(value: unknown): ShownValue {
  if (value === null || value === undefined) return { kind: "absent" };
  if (typeof value === "string") return value === "" ? { kind: "literal", text: '""' } : { kind: "text", text: value };
  if (typeof value === "object") return { kind: "json", text: JSON.stringify(value, null, 2) };
  return { kind: "literal", text: JSON.stringify(value) };
}

export function leftOut(count: number | undefined): string | undefined {
  return count === undefined || count === 0
    ? undefined
    : `${plural(count, "more attribute")} ${count === 1 ? "is" : "are"} not listed.`;
}

/** For example `1 check fails, 2 pass`; what is unknown is told, since it does not count as good. */
export function summarizeChecks(checks: readonly Pick<Check, "status">[]): string {
  const words: readonly (readonly [Check["status"], string, string])[] = [
    ["fail", "fails", "fail"],
    ["error", "has an error", "have errors"],
    ["unknown", "is unknown", "are unknown"],
    ["pass", "passes", "pass"],
  ];
  const parts = words.flatMap(([status, one, many]) => {
    const count = checks.filter((check) => check.status === status).length;
    return count === 0 ? [] : [{ count, verb: count === 1 ? one : many }];
  });
  return parts
    .map(({ count, verb }, index) => `${index === 0 ? plural(count, "check") : count.toLocaleString("en")} ${verb}`)
    .join(", ");
}
