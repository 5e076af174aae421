import type { RunSummary } from "../api/types.ts";

const finalStatuses = ["applied", "planned_and_finished", "discarded", "errored", "canceled"];

// In which nothing but a person's word is missing. A saved plan is not among them: it waits for as long as it takes.
const waitsForApproval = ["planned", "post_plan_completed"];

/** Nothing more happens to a run of this status. */
export function isFinal(status: string): boolean {
  return finalStatuses.includes(status);
}

/** The word of the status vocabulary: a plan that waits for a person is not just planned. */
export function shownStatus(run: Pick<RunSummary, "status" | "waits_for_confirmation">): string {
  return run.waits_for_confirmation && waitsForApproval.includes(run.status) ? "waiting" : run.status;
}

/** What sort of run it is, when it is not the usual plan and apply. */
export function sortOfRun(run: Pick<RunSummary, "is_destroy" | "refresh_only" | "plan_only">): string | undefined {
  const words = [
    run.plan_only ? "plan only" : undefined,
    run.is_destroy ? "destroy" : undefined,
    run.refresh_only ? "refresh only" : undefined,
  ].filter((word) => word !== undefined);
  return words.length === 0 ? undefined : words.join(", ");
}

export interface CauseText {
  /** One sentence, without a full stop. */
  readonly text: string;
  readonly bucket?: string;
}

/** Why a run exists, for people: what the rule that queued it has noted, or else who asked. */
export function describeCause(run: Pick<RunSummary, "cause" | "created_by">): CauseText {
  const cause = typeof run.cause === "object" && run.cause !== null ? (run.cause as Record<string, unknown>) : {};
  const text = (key: string): string | undefined => {
    const value = cause[key];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const [bucket, channel] = [text("bucket"), text("channel")];
  const [from, to] = [text("previous_version"), text("version")];
  if (text("kind") === "channel-moved" && bucket !== undefined && channel !== undefined) {
    const moved = from === undefined ? "moved" : `moved from ${from}`;
    return { text: `Channel ${channel} of ${bucket} ${moved}${to === undefined ? "" : ` to ${to}`}`, bucket };
  }
  const kind = text("kind");
  if (kind !== undefined) return { text: kind.replaceAll(/[-_]/g, " "), ...(bucket === undefined ? {} : { bucket }) };
  return { text: `Asked for by ${run.created_by}` };
}

/** For example `+2 ~1 −1`; undefined before there is a plan. */
export function countsText(counts: RunSummary["counts"]): string | undefined {
  if (counts === null) return undefined;
  return `+${String(counts.additions)} ~${String(counts.changes)} −${String(counts.destructions)}`;
}

interface Asked {
  readonly refresh: boolean;
  readonly "save-plan": boolean;
  readonly "allow-empty-apply": boolean;
  readonly "debugging-mode": boolean;
  readonly "target-addrs": readonly string[] | null;
  readonly "replace-addrs": readonly string[] | null;
  readonly "invoke-action-addrs": readonly string[] | null;
  readonly variables: readonly { readonly key: string; readonly value: string }[];
}

/** What a run was asked for that is unusual, with the values of it. Values of variables are not shown: some are secret. */
export function unusualOptions(asked: Asked): readonly { readonly name: string; readonly values: readonly string[] }[] {
  const switches = [
    asked["save-plan"] ? "keeps its plan until somebody applies it" : undefined,
    asked["allow-empty-apply"] ? "applies even without changes" : undefined,
    asked.refresh ? undefined : "plans without looking at what is there",
    asked["debugging-mode"] ? "writes the log of the engine in full" : undefined,
  ].filter((text) => text !== undefined);
  return [
    { name: "Only", values: asked["target-addrs"] ?? [] },
    { name: "Replace", values: asked["replace-addrs"] ?? [] },
    { name: "Actions", values: asked["invoke-action-addrs"] ?? [] },
    { name: "Variables", values: asked.variables.map(({ key }) => key) },
    { name: "Options", values: switches },
  ].filter(({ values }) => values.length > 0);
}

/**
 * Text as an expression of the configuration language, which is what the values of a run's variables are. Source: HCP
 * Terraform, run variables.
 */
export function toExpression(text: string): string {
  return JSON.stringify(text).replaceAll(/[$%](?=\{)/g, "$&$&");
}
