/** How one resource differs, as plans and assessments tell it. No value in it is sensitive. */
export interface ResourceChange {
  readonly address: string;
  readonly mode?: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly provider: string;
  readonly actions: readonly string[];
  readonly kind: ChangeKind;
  readonly attributes: readonly AttributeChange[];
  readonly attributes_left_out?: number;
  readonly reason: string | null;
  /** Only of drift: when an assessment saw it first. */
  readonly since?: string | null;
}

export type ChangeKind = "create" | "update" | "delete" | "replace" | "read" | "none";

export interface AttributeChange {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly sensitive: boolean;
  readonly unknown: boolean;
  readonly forces_replacement: boolean;
}

export interface OutputChange {
  readonly name: string;
  readonly action: "create" | "update" | "delete";
  readonly before?: unknown;
  readonly after?: unknown;
  readonly sensitive: boolean;
}

export interface Check {
  readonly address: string;
  readonly kind: "check" | "resource" | "output" | "data";
  readonly status: "pass" | "fail" | "error" | "unknown";
  readonly problems: readonly string[];
  readonly since?: string | null;
}
