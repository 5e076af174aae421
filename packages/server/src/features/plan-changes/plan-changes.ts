/** What a plan would do, or what a refresh has found, for people: no value in it is sensitive, and every value is short. */
export interface PlanChanges {
  readonly changes: readonly ResourceChange[];
  /** What changed outside of the engine since the state was written. */
  readonly drift: readonly ResourceChange[];
  readonly outputs: readonly OutputChange[];
  readonly checks: readonly Check[];
  /** Instances of managed resources that the state knew before, those that are gone by now too. */
  readonly managedCount: number;
}

export type ChangeKind = "create" | "update" | "delete" | "replace" | "read" | "none";

export interface ResourceChange {
  readonly address: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly provider: string;
  /** The engine's own words: `["delete", "create"]` for a replacement that destroys first. */
  readonly actions: readonly string[];
  readonly kind: ChangeKind;
  readonly attributes: readonly AttributeChange[];
  /** So many more attributes change than are listed. */
  readonly attributesLeftOut: number;
  /** Why the engine does it, when the attributes do not say so. */
  readonly reason: string | null;
}

export interface AttributeChange {
  /** `tags.Name`, `disks[0].size`; a key that is no name is quoted: `tags["a.b"]`. */
  readonly path: string;
  /** Null when it is absent, sensitive or not known. A text or a JSON value, cut when it is long. */
  readonly before: unknown;
  readonly after: unknown;
  readonly sensitive: boolean;
  /** Known only after the apply. */
  readonly unknown: boolean;
  readonly forcesReplacement: boolean;
}

export interface OutputChange {
  readonly name: string;
  readonly action: "create" | "update" | "delete";
  /** Left out when the output is sensitive. */
  readonly before?: unknown;
  readonly after?: unknown;
  readonly sensitive: boolean;
}

export type CheckStatus = "pass" | "fail" | "error" | "unknown";

/** One object with conditions: a `check` block, a resource, a data source or an output. */
export interface Check {
  readonly address: string;
  readonly kind: "check" | "resource" | "output" | "data";
  readonly status: CheckStatus;
  /** The messages of the conditions that failed. */
  readonly problems: readonly string[];
}
