// A CommonJS module whose names Node cannot see before it runs.
import cvss from "ae-cvss-calculator";
import { rankOf, type Criticality } from "./criticality.ts";

/** A way in which an advisory says how bad it is: a CVSS vector, or a word of its database. */
export interface Rating {
  readonly type: string;
  readonly score: string;
}

export interface Severity {
  readonly criticality: Criticality;
  /** The word of the database in upper case; that of the criticality where it has none. */
  readonly severity: string;
}

// The newest standard speaks: its score replaces those of the older ones.
const cvssTypes = ["CVSS_V4", "CVSS_V3", "CVSS_V2"];

const words = new Map<string, Criticality>(
  Object.entries({
    critical: "Critical",
    high: "High",
    important: "High",
    medium: "Medium",
    moderate: "Medium",
    low: "Low",
    minor: "Low",
    minimal: "Low",
    negligible: "Low",
    unimportant: "Low",
  }),
);

/**
 * How bad a vulnerability is: by the highest score of its newest kind of CVSS vectors, else by the worst word that its
 * database has for it, else unknown.
 */
export function rateSeverity(ratings: readonly Rating[], databaseWords: readonly string[]): Severity {
  const said = [...databaseWords, ...ratings.filter((one) => !one.type.startsWith("CVSS")).map((one) => one.score)];
  const worst = said
    .map((word) => ({ word, criticality: words.get(word.toLowerCase()) }))
    .toSorted((a, b) => weight(b.criticality) - weight(a.criticality))[0];
  const criticality = criticalityByScore(ratings) ?? worst?.criticality ?? "Unknown";
  const word = worst?.criticality === undefined ? criticality : worst.word;
  return { criticality, severity: word.toUpperCase() };
}

function weight(criticality: Criticality | undefined): number {
  return criticality === undefined ? -1 : rankOf(criticality);
}

function criticalityByScore(ratings: readonly Rating[]): Criticality | undefined {
  for (const type of cvssTypes) {
    const scores = ratings.filter((one) => one.type === type).map((one) => scoreOf(one.score));
    const known = scores.filter((score) => score !== undefined);
    if (known.length > 0) return criticalityOfScore(Math.max(...known));
  }
  return undefined;
}

// A hundred thousand advisories share some thousand vectors, and a score takes up to two milliseconds.
const knownScores = new Map<string, number | undefined>();
const knownScoresMax = 20_000;

/** The base score of a CVSS vector, 0 to 10; undefined when it is none, or lacks base metrics. */
export function scoreOf(vector: string): number | undefined {
  if (knownScores.has(vector)) return knownScores.get(vector);
  const score = computeScore(vector);
  if (knownScores.size >= knownScoresMax) knownScores.clear();
  knownScores.set(vector, score);
  return score;
}

function computeScore(vector: string): number | undefined {
  try {
    const base = cvss.fromVector(vector)?.calculateScores().base;
    return base !== undefined && Number.isFinite(base) ? base : undefined;
  } catch {
    return undefined;
  }
}

/** Source: CVSS 3.1 and 4.0, Qualitative Severity Rating Scale. What scores nothing is at least listed. */
function criticalityOfScore(score: number): Criticality {
  if (score >= 9) return "Critical";
  if (score >= 7) return "High";
  if (score >= 4) return "Medium";
  return "Low";
}
