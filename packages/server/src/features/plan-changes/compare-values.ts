import type { AttributeChange } from "./plan-changes.ts";
import { isContainer, type PlannedChange } from "./plan-json.ts";
import { containsTrue, type Secrets } from "./secrets.ts";

/** More are counted, not listed. */
const attributesMax = 200;
const textLengthMax = 1000;
const depthMax = 32;

export interface Comparison {
  readonly attributes: readonly AttributeChange[];
  readonly leftOut: number;
}

type Step = string | number;

interface Place {
  readonly path: readonly Step[];
  readonly before: unknown;
  readonly after: unknown;
  readonly sensitiveBefore: unknown;
  readonly sensitiveAfter: unknown;
  readonly unknown: unknown;
}

/**
 * The attributes that differ, one line for each leaf. What the masks of the plan call sensitive is compared and never
 * shown; a mask that says `true` covers all that lies below. So is what holds one of the secrets known otherwise.
 */
export function compareValues(change: PlannedChange, secrets: Secrets): Comparison {
  const attributes: AttributeChange[] = [];
  let leftOut = 0;
  const replacePaths = change.replace_paths ?? [];

  function add(place: Place, masked: boolean, unknown: boolean): void {
    const sensitive = masked || secrets.areIn(place.before) || secrets.areIn(place.after);
    if (attributes.length >= attributesMax) {
      leftOut += 1;
      return;
    }
    attributes.push({
      path: renderPath(place.path),
      before: sensitive ? null : boundedValue(place.before),
      after: sensitive || unknown ? null : boundedValue(place.after),
      sensitive,
      unknown,
      forcesReplacement: replacePaths.some((path) => isRelated(path, place.path)),
    });
  }

  function compare(place: Place): void {
    const { before, after, sensitiveBefore, sensitiveAfter, unknown, path } = place;
    if (sensitiveBefore === true || sensitiveAfter === true) {
      const changed = !isEqual(before, after) || (sensitiveBefore === true) !== (sensitiveAfter === true);
      if (changed || containsTrue(unknown)) add(place, true, unknown === true);
      return;
    }
    if (unknown === true) return add(place, containsTrue(sensitiveBefore), true);
    const isBranch = isContainer(before) || isContainer(after) || isContainer(unknown);
    const sameShape = shapeOf(before) === shapeOf(after) || isAbsent(before) || isAbsent(after);
    const keys = isBranch && sameShape && path.length < depthMax ? keysOf(before, after, unknown) : [];
    if (keys.length === 0) {
      if (isEqual(before, after)) return;
      return add(place, containsTrue(sensitiveBefore) || containsTrue(sensitiveAfter), false);
    }
    for (const key of keys) {
      compare({
        path: [...path, key],
        before: childOf(before, key),
        after: childOf(after, key),
        sensitiveBefore: childOf(sensitiveBefore, key),
        sensitiveAfter: childOf(sensitiveAfter, key),
        unknown: childOf(unknown, key),
      });
    }
  }

  compare({
    path: [],
    before: change.before ?? null,
    after: change.after ?? null,
    sensitiveBefore: change.before_sensitive,
    sensitiveAfter: change.after_sensitive,
    unknown: change.after_unknown,
  });
  return { attributes, leftOut };
}

/** The value itself when it is short; otherwise the beginning of its text. */
export function boundedValue(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value !== "string" && !isContainer(value)) return value;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (text.length <= textLengthMax) return value;
  return `${text.slice(0, textLengthMax)}… (${text.length - textLengthMax} more characters)`;
}

function isAbsent(value: unknown): boolean {
  return value === null || value === undefined;
}

function shapeOf(value: unknown): string {
  return Array.isArray(value) ? "list" : isContainer(value) ? "map" : "leaf";
}

function keysOf(before: unknown, after: unknown, unknown: unknown): Step[] {
  const example = [before, after, unknown].find(isContainer);
  if (Array.isArray(example)) {
    const lengths = [before, after, unknown].map((value) => (Array.isArray(value) ? value.length : 0));
    return Array.from({ length: Math.max(...lengths) }, (_, index) => index);
  }
  const keys = new Set<string>();
  for (const value of [before, after, unknown]) {
    if (isContainer(value)) for (const key of Object.keys(value)) keys.add(key);
  }
  return [...keys].sort();
}

function childOf(value: unknown, key: Step): unknown {
  return isContainer(value) && Object.hasOwn(value, key) ? (value as Record<Step, unknown>)[key] : undefined;
}

/** An attribute that is null and one that is absent are the same. The order of keys means nothing. */
function isEqual(a: unknown, b: unknown): boolean {
  if (isAbsent(a) || isAbsent(b)) return isAbsent(a) && isAbsent(b);
  if (!isContainer(a) || !isContainer(b)) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && a.length !== (b as unknown[]).length) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => isEqual(childOf(a, key), childOf(b, key)));
}

/** One path leads to the other, or through it. */
function isRelated(replacePath: readonly Step[], path: readonly Step[]): boolean {
  const shorter = Math.min(replacePath.length, path.length);
  return shorter > 0 && replacePath.slice(0, shorter).every((step, index) => String(step) === String(path[index]));
}

function renderPath(path: readonly Step[]): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(step)) text += text === "" ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}
