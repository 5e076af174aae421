import type { Millis } from "../../platform/clock.ts";
import type { BlockMark } from "./enforced-block.ts";

export const enforcementStates = ["enforced", "not_enforced", "unknown", "none_required"] as const;
export type EnforcementState = (typeof enforcementStates)[number];

/** Why a version is in its state; see docs/adr/0016. */
export const enforcementReasons = [
  "asked",
  "nothing_linked",
  "did_not_ask",
  "other_builder",
  "several_runs",
  "too_old",
] as const;
export type EnforcementReason = (typeof enforcementReasons)[number];

/** What is known of one `packer build` of one caller in one bucket. */
export interface PackerRun {
  readonly id: string;
  /** When it listed the builds of its version; null: it never did, as no Packer does. */
  readonly openedAt: Millis | null;
  /** When its first build began; null: not yet. */
  readonly runningAt: Millis | null;
  /** What was linked to the bucket at that time. */
  readonly linked: readonly BlockMark[];
}

/** That the caller asked for the blocks of the bucket, and what it was given. */
export interface Fetch {
  readonly at: Millis;
  readonly given: readonly BlockMark[];
}

export interface Verdict {
  readonly state: EnforcementState;
  readonly reason: EnforcementReason;
  /** What the builds should have run, in the order of execution. */
  readonly blocks: readonly BlockMark[];
}

// Packer asks right after it has listed and made the builds, and before any of them begins.
export const windowMsMax = 10 * 60_000;

/**
 * Whether a run was given the blocks. `others` are the runs of the same caller in the same bucket around its time, and
 * `fetches` what that caller asked there. A question carries no name of the run, so that it is told by its time alone: it
 * lies between the beginning of the run and that of its first build. When the times of several runs overlap, all of them
 * asked if there are as many questions as runs, since Packer asks once a run; with fewer, nobody knows which one did not.
 */
export function judgeRun(run: PackerRun, others: readonly PackerRun[], fetches: readonly Fetch[]): Verdict {
  const own = fetches.filter((fetch) => isWithin(fetch, run));
  const last = own.at(-1);
  if (last === undefined) return missing(run.linked, run.openedAt === null ? "other_builder" : "did_not_ask");
  const rivals = overlapping(run, others);
  const asked = fetches.filter((fetch) => rivals.some((rival) => isWithin(fetch, rival)));
  const gotTheSame = own.every((fetch) => sameBlocks(fetch.given, last.given));
  if (gotTheSame && last.given.length === 0 && run.linked.length === 0) return nothing;
  if (asked.length < rivals.length || !gotTheSame)
    return { state: "unknown", reason: "several_runs", blocks: run.linked };
  // A run that asked in time had to run what it was given, whatever was linked a moment later.
  return last.given.length === 0 ? nothing : { state: "enforced", reason: "asked", blocks: last.given };
}

const nothing: Verdict = { state: "none_required", reason: "nothing_linked", blocks: [] };

/** Of a run that never asked, and of builds that no Packer run is known of. */
export function missing(linked: readonly BlockMark[], reason: EnforcementReason): Verdict {
  return linked.length === 0 ? nothing : { state: "not_enforced", reason, blocks: linked };
}

/** The worst of its builds speaks for a version; every block that one of them should have run is listed once. */
export function judgeVersion(verdicts: readonly Verdict[]): Verdict {
  for (const state of ["not_enforced", "unknown", "enforced"] as const) {
    const worst = verdicts.find((verdict) => verdict.state === state);
    if (worst === undefined) continue;
    const blocks = new Map(verdicts.flatMap((verdict) => verdict.blocks).map((block) => [block.versionId, block]));
    return { ...worst, blocks: [...blocks.values()] };
  }
  return nothing;
}

/** The run and every other whose time overlaps with it, or with one that does. */
function overlapping(run: PackerRun, others: readonly PackerRun[]): readonly PackerRun[] {
  const found = new Set<PackerRun>([run]);
  for (const member of found) {
    for (const other of others) if (other.id !== run.id && overlap(member, other)) found.add(other);
  }
  return [...found];
}

function overlap(a: PackerRun, b: PackerRun): boolean {
  const [x, y] = [windowOf(a), windowOf(b)];
  return x !== undefined && y !== undefined && x.from <= y.to && y.from <= x.to;
}

function isWithin(fetch: Fetch, run: PackerRun): boolean {
  const window = windowOf(run);
  return window !== undefined && window.from <= fetch.at && fetch.at <= window.to;
}

function windowOf(run: PackerRun): { readonly from: Millis; readonly to: Millis } | undefined {
  if (run.openedAt === null) return undefined;
  const limit = run.openedAt + windowMsMax;
  return { from: run.openedAt, to: run.runningAt === null ? limit : Math.min(run.runningAt, limit) };
}

function sameBlocks(a: readonly BlockMark[], b: readonly BlockMark[]): boolean {
  return a.length === b.length && a.every((mark, i) => mark.versionId === b[i]?.versionId);
}
