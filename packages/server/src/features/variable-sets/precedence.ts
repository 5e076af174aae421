import type { StoredVariable, Variable } from "../variables/index.ts";
import type { SetVariable } from "./variable-set.ts";

/** How a set came to a workspace. */
export interface Application {
  readonly global: boolean;
  readonly priority: boolean;
  /** By name, as one of its workspaces. */
  readonly toWorkspace: boolean;
  /** Because it applies to the project that the workspace is in. */
  readonly toProject: boolean;
  readonly ownedByProject: boolean;
}

/** A variable of a set that applies to a workspace. */
export interface AppliedVariable extends SetVariable {
  readonly setName: string;
  readonly application: Application;
}

/** A variable as it counts for the runs of a workspace. */
export type EffectiveVariable = (Variable | AppliedVariable) & {
  /** Not even a run's own variables replace it. */
  readonly wins: boolean;
};

const workspaceRank = 8;

/**
 * Where a set stands; the smallest number wins. Numbers 6 and 7 are the variables of a run, 8 those of the workspace. A set
 * that applies in more than one way counts by the one that wins. Source: HCP Terraform, variables, precedence.
 */
export function rankOf(application: Application): number {
  const ranks: number[] = [];
  const { global, priority, toWorkspace, toProject, ownedByProject } = application;
  if (global) ranks.push(priority ? 1 : 13);
  if (toProject) ranks.push(ownedByProject ? (priority ? 4 : 10) : priority ? 2 : 12);
  if (toWorkspace) ranks.push(ownedByProject ? (priority ? 5 : 9) : priority ? 3 : 11);
  return Math.min(...ranks);
}

interface Candidate {
  readonly variable: Variable | AppliedVariable;
  readonly rank: number;
  readonly setName: string;
}

/**
 * One variable for each category and key, by key. Of sets with the same rank that with the smallest name wins, by the order
 * of Unicode code points: when one was changed says nothing.
 */
export function effectiveVariables(own: readonly Variable[], applied: readonly AppliedVariable[]): EffectiveVariable[] {
  const candidates: Candidate[] = [
    ...own.map((variable) => ({ variable, rank: workspaceRank, setName: "" })),
    ...applied.map((variable) => ({ variable, rank: rankOf(variable.application), setName: variable.setName })),
  ];
  const winners = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const place = placeOf(candidate.variable);
    const best = winners.get(place);
    if (best === undefined || comesBefore(candidate, best)) winners.set(place, candidate);
  }
  return [...winners.values()]
    .map(({ variable, rank }) => ({ ...variable, wins: rank < workspaceRank }))
    .sort((a, b) => compareTexts(a.key, b.key) || compareTexts(a.category, b.category));
}

function placeOf(variable: StoredVariable): string {
  return `${variable.category} ${variable.key}`;
}

function comesBefore(a: Candidate, b: Candidate): boolean {
  return a.rank < b.rank || (a.rank === b.rank && compareTexts(a.setName, b.setName) < 0);
}

/** By code points: JavaScript compares UTF-16 units, which puts `😀` before `｡`. */
function compareTexts(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));
}
