import { imageAttributes, textsAt } from "./image-attributes.ts";

/** One place that names an image. */
export interface ImageReference {
  /** As Terraform writes addresses: `module.web.aws_instance.app["a"]`. */
  readonly resource: string;
  /** The path below the resource, such as `ami` or `disk[].source_image`. */
  readonly attribute: string;
  readonly identifier: string;
  /** Whether the attribute is known to name an image; otherwise only its text equals a registered identifier. */
  readonly declared: boolean;
}

/** What could name an image in one resource: references at known attributes, and every other text. */
interface Candidates {
  readonly declared: ImageReference[];
  readonly others: ImageReference[];
}

// Identifiers of images are short; long texts (user data, policies) are not worth a look-up.
const identifierCharactersMax = 512;
// A resource nested deeper than this is not something that a provider's schema allows.
const depthMax = 20;

function candidatesOf(resource: string, type: string, attributes: unknown): Candidates {
  const paths = imageAttributes[type] ?? [];
  const declared = paths.flatMap((attribute) =>
    textsAt(attributes, attribute).map((identifier) => ({ resource, attribute, identifier, declared: true })),
  );
  const known = new Set(paths);
  const others: ImageReference[] = [];
  collectTexts(attributes, "", 0, (attribute, identifier) => {
    if (!known.has(attribute)) others.push({ resource, attribute, identifier, declared: false });
  });
  return { declared, others };
}

function collectTexts(value: unknown, path: string, depth: number, found: (path: string, text: string) => void): void {
  if (typeof value === "string") {
    if (value.length >= 3 && value.length <= identifierCharactersMax && !/\s/.test(value)) found(path, value);
    return;
  }
  if (typeof value !== "object" || value === null || depth > depthMax) return;
  if (Array.isArray(value)) {
    for (const element of value) collectTexts(element, `${path}[]`, depth + 1, found);
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    collectTexts(member, path === "" ? name : `${path}.${name}`, depth + 1, found);
  }
}

/** Keeps the declared references and those others that `isKnown` recognises; one for each place and identifier. */
function choose(candidates: Candidates, isKnown: (identifier: string) => boolean): ImageReference[] {
  const chosen = new Map<string, ImageReference>();
  for (const reference of [...candidates.declared, ...candidates.others.filter((o) => isKnown(o.identifier))]) {
    const key = `${reference.attribute}\n${reference.identifier}`;
    if (!chosen.has(key)) chosen.set(key, reference);
  }
  return [...chosen.values()];
}

interface StateDocument {
  readonly resources?: readonly {
    readonly mode?: string;
    readonly module?: string;
    readonly type?: string;
    readonly name?: string;
    readonly instances?: readonly { readonly index_key?: string | number; readonly attributes?: unknown }[];
  }[];
}

export interface ReferenceSearch {
  /** Every identifier worth asking the registry about. */
  readonly identifiers: ReadonlySet<string>;
  /** The references, given which identifiers the registry knows. */
  references(isKnown: (identifier: string) => boolean): ImageReference[];
}

/**
 * The images that a state (version 4) runs. Data sources are left out: they read, they do not run. Undefined when the
 * bytes are not such a state, for example when OpenTofu has encrypted them.
 */
export function searchState(bytes: Uint8Array): ReferenceSearch | undefined {
  let state: StateDocument & { readonly version?: unknown };
  try {
    state = JSON.parse(Buffer.from(bytes).toString("utf8")) as typeof state;
  } catch {
    return undefined;
  }
  if (state === null || typeof state !== "object" || state.version !== 4 || !Array.isArray(state.resources))
    return undefined;
  const all: Candidates[] = [];
  for (const resource of state.resources as NonNullable<StateDocument["resources"]>) {
    if (resource.mode !== "managed" || resource.type === undefined || resource.name === undefined) continue;
    const base = `${resource.module === undefined ? "" : `${resource.module}.`}${resource.type}.${resource.name}`;
    for (const instance of resource.instances ?? []) {
      const index = instance.index_key === undefined ? "" : `[${JSON.stringify(instance.index_key)}]`;
      all.push(candidatesOf(`${base}${index}`, resource.type, instance.attributes));
    }
  }
  return {
    identifiers: identifiersOf(all),
    references: (isKnown) => all.flatMap((candidates) => choose(candidates, isKnown)),
  };
}

function identifiersOf(all: readonly Candidates[]): Set<string> {
  return new Set(all.flatMap((c) => [...c.declared, ...c.others].map((reference) => reference.identifier)));
}

interface ResourceChange {
  readonly address?: string;
  readonly mode?: string;
  readonly type?: string;
  readonly change?: {
    readonly actions?: readonly string[];
    readonly before?: unknown;
    readonly after?: unknown;
    readonly after_unknown?: unknown;
    readonly before_sensitive?: unknown;
    readonly after_sensitive?: unknown;
  };
}

/** An image that a resource will run after the plan is applied. */
export interface PlannedReference extends ImageReference {
  /** True when the resource is created or replaced, or names this image for the first time. */
  readonly isNew: boolean;
  /** True when the resource is created or replaced. */
  readonly isCreated: boolean;
}

export interface PlanSearch {
  readonly identifiers: ReadonlySet<string>;
  references(isKnown: (identifier: string) => boolean): PlannedReference[];
  /** Image attributes whose value will be known only during the apply: the check cannot speak for them. */
  readonly unknown: readonly { readonly resource: string; readonly attribute: string }[];
}

/**
 * The images that a plan (`show -json`) leads to. It reads attributes and not only actions, so that a launch template
 * whose image changes in place counts as a new use. Throws when the document is not a plan.
 */
export function searchPlan(plan: unknown): PlanSearch {
  if (typeof plan !== "object" || plan === null || !("format_version" in plan))
    throw new Error("This is not the JSON form of a plan.");
  const changes = (plan as { resource_changes?: readonly ResourceChange[] }).resource_changes ?? [];
  const all: { candidates: Candidates; before: ReadonlySet<string>; created: boolean }[] = [];
  const unknown: { resource: string; attribute: string }[] = [];
  for (const { address, mode, type, change } of changes) {
    if (mode !== "managed" || address === undefined || type === undefined || change?.after == null) continue;
    const before = candidatesOf(address, type, change.before);
    all.push({
      candidates: candidatesOf(address, type, change.after),
      before: new Set([...before.declared, ...before.others].map(placeOf)),
      created: change.actions?.includes("create") ?? false,
    });
    for (const attribute of imageAttributes[type] ?? []) {
      if (isMarkedAt(change.after_unknown, attribute)) unknown.push({ resource: address, attribute });
    }
  }
  return {
    identifiers: identifiersOf(all.map((one) => one.candidates)),
    references: (isKnown) =>
      all.flatMap(({ candidates, before, created }) =>
        choose(candidates, isKnown).map((reference) => ({
          ...reference,
          isNew: created || !before.has(placeOf(reference)),
          isCreated: created,
        })),
      ),
    unknown,
  };
}

/** An attribute of a resource whose image is another one after the plan. */
export interface ReferenceChange {
  readonly resource: string;
  readonly attribute: string;
  readonly from: string | null;
  readonly to: string | null;
  /** `to` is known only during the apply. */
  readonly unknown: boolean;
}

export interface ChangeSearch {
  readonly identifiers: ReadonlySet<string>;
  changes(isKnown: (identifier: string) => boolean): ReferenceChange[];
}

/** What a plan (`show -json`) changes about images; sensitive values are left out. Throws when the document is not a plan. */
export function searchImageChanges(plan: unknown): ChangeSearch {
  if (typeof plan !== "object" || plan === null || !("format_version" in plan))
    throw new Error("This is not the JSON form of a plan.");
  const all: { before: Candidates; after: Candidates; resource: string; unknown: readonly string[] }[] = [];
  for (const { address, mode, type, change } of (plan as { resource_changes?: ResourceChange[] }).resource_changes ??
    []) {
    if (mode !== "managed" || address === undefined || type === undefined || change === undefined) continue;
    all.push({
      resource: address,
      before: open(candidatesOf(address, type, change.before), change.before_sensitive),
      after: open(candidatesOf(address, type, change.after), change.after_sensitive),
      unknown: (imageAttributes[type] ?? []).filter((attribute) => isMarkedAt(change.after_unknown, attribute)),
    });
  }
  return {
    identifiers: identifiersOf(all.flatMap((one) => [one.before, one.after])),
    changes: (isKnown) =>
      all.flatMap(({ before, after, resource, unknown }) =>
        changesBetween(choose(before, isKnown), choose(after, isKnown), resource, unknown),
      ),
  };
}

function open(candidates: Candidates, sensitive: unknown): Candidates {
  const isOpen = ({ attribute }: ImageReference): boolean => !isMarkedAt(sensitive, attribute);
  return { declared: candidates.declared.filter(isOpen), others: candidates.others.filter(isOpen) };
}

/** Where an attribute names several images (a list of disks), what goes and what comes are paired in their order. */
function changesBetween(
  before: readonly ImageReference[],
  after: readonly ImageReference[],
  resource: string,
  unknown: readonly string[],
): ReferenceChange[] {
  const attributes = [...new Set([...before, ...after].map((reference) => reference.attribute).concat(unknown))];
  return attributes.flatMap((attribute) => {
    const identifiersIn = (references: readonly ImageReference[]): string[] =>
      references.filter((reference) => reference.attribute === attribute).map((reference) => reference.identifier);
    const [old, fresh] = [identifiersIn(before), identifiersIn(after)];
    const gone = old.filter((identifier) => !fresh.includes(identifier));
    const come = fresh.filter((identifier) => !old.includes(identifier));
    const isUnknown = unknown.includes(attribute);
    const count = Math.max(gone.length, come.length, isUnknown ? 1 : 0);
    return Array.from({ length: count }, (_, n) => ({
      resource,
      attribute,
      from: gone[n] ?? null,
      to: come[n] ?? null,
      unknown: isUnknown && come[n] === undefined,
    }));
  });
}

function placeOf(reference: ImageReference): string {
  return `${reference.attribute}\n${reference.identifier}`;
}

/** Follows a path through `after_unknown` or a mask of sensitive values, where `true` anywhere above a value is about it too. */
function isMarkedAt(mask: unknown, path: string): boolean {
  let found: unknown[] = [mask];
  for (const step of path.split(".")) {
    if (found.includes(true)) return true;
    const many = step.endsWith("[]");
    const name = many ? step.slice(0, -2) : step;
    found = found.flatMap((value) => {
      const member = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
      return many && Array.isArray(member) ? (member as unknown[]) : [member];
    });
  }
  return found.includes(true);
}
