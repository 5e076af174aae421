import type { CheckView, OutputChangeView, ResourceChangeView } from "@ingot/server/console-api";

/** How one resource differs, as plans and assessments tell it. No value in it is sensitive. */
export type ResourceChange = ResourceChangeView & {
  /** Only of drift: when an assessment saw it first. */
  readonly since?: string;
};

export type ChangeKind = ResourceChangeView["kind"];
export type AttributeChange = ResourceChangeView["attributes"][number];
export type OutputChange = OutputChangeView;

export type Check = CheckView & {
  /** Only of assessments: since when it does not pass. */
  readonly since?: string | null;
};
