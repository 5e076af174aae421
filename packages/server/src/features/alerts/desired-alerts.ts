import { toReadableTime, type Millis } from "../../platform/clock.ts";
import type { Alert, DesiredAlert } from "./alert.ts";

/** What the alerts of a workspace follow from, as it is now. */
export interface WorkspaceFacts {
  readonly workspaceName: string;
  /** The newest run that could change something and either failed or succeeded; not one that was canceled or discarded. */
  readonly lastRun: {
    readonly id: string;
    readonly number: number;
    readonly failed: boolean;
    readonly errorMessage: string | null;
  } | null;
  /** Runs that wait for a person. */
  readonly waitingRuns: readonly { readonly id: string; readonly number: number; readonly message: string }[];
  /** The newest assessment that has ended. */
  readonly assessment: {
    readonly succeeded: boolean;
    readonly errorMessage: string | null;
    readonly at: Millis;
  } | null;
  /** What the newest assessment that succeeded has found. */
  readonly findings: {
    readonly drifted: readonly string[];
    readonly failingChecks: readonly CheckFact[];
    /** Nothing is known about one or more checks, and not about which. */
    readonly someChecksUnknown: boolean;
  } | null;
  readonly imageChecks: readonly ImageCheckFact[];
}

export interface CheckFact {
  readonly address: string;
  readonly status: "fail" | "error";
  /** When the first of the assessments without a break found it so. */
  readonly since: Millis;
  /** What it says; may be empty. */
  readonly problem: string;
}

export interface ImageCheckFact {
  readonly kind: string;
  readonly status: "pass" | "fail" | "unknown" | "off";
  readonly uses: readonly {
    readonly resource: string;
    readonly bucket: string | null;
    readonly version: string | null;
  }[];
  /** More than `uses` when there are too many to name. */
  readonly usesTotal: number;
}

/** What should be open, and which open alerts nothing can be said about: unknown is not good, so those stay. */
export interface DesiredAlerts {
  readonly alerts: readonly DesiredAlert[];
  readonly isUndecided: (alert: Pick<Alert, "kind" | "cause">) => boolean;
}

const namedMax = 10;
const subjectsMax = 1000;
const detailCharactersMax = 2000;

/** Which alerts a workspace should have open. Depends on nothing but the facts: late, repeated and reordered calls agree. */
export function desiredAlerts(facts: WorkspaceFacts): DesiredAlerts {
  const undecidedImageChecks = new Set(facts.imageChecks.filter(isIncomplete).map((check) => `image:${check.kind}:`));
  return {
    alerts: [
      ...failedRun(facts),
      ...facts.waitingRuns.map((run) => waitingRun(facts, run)),
      ...failedAssessment(facts),
      ...drift(facts),
      ...(facts.findings?.failingChecks ?? []).map((check) => failingCheck(facts, check)),
      ...facts.imageChecks.flatMap((check) => imageAlerts(facts, check)),
    ],
    isUndecided: ({ kind, cause }) =>
      (kind === "check" && facts.findings?.someChecksUnknown === true) ||
      (kind === "image-status" && [...undecidedImageChecks].some((prefix) => cause.startsWith(prefix))),
  };
}

function failedRun({ lastRun, workspaceName }: WorkspaceFacts): DesiredAlert[] {
  if (lastRun?.failed !== true) return [];
  return [
    {
      ...nothing,
      kind: "run-failed",
      cause: "run-failed",
      severity: "critical",
      title: `Run ${lastRun.number} of ${workspaceName} failed`,
      detail: reason(lastRun.errorMessage, "The log of the run says why."),
      subjects: [lastRun.id],
      runId: lastRun.id,
    },
  ];
}

function waitingRun(facts: WorkspaceFacts, run: WorkspaceFacts["waitingRuns"][number]): DesiredAlert {
  return {
    ...nothing,
    kind: "run-waiting",
    cause: `run-waiting:${run.id}`,
    severity: "info",
    title: `Run ${run.number} of ${facts.workspaceName} waits for a decision`,
    detail: detail(run.message === "" ? "Its plan is ready to be confirmed or discarded." : run.message),
    runId: run.id,
  };
}

function failedAssessment({ assessment, workspaceName }: WorkspaceFacts): DesiredAlert[] {
  if (assessment === null || assessment.succeeded) return [];
  return [
    {
      ...nothing,
      kind: "assessment-failed",
      cause: "assessment-failed",
      severity: "warning",
      title: `${workspaceName} could not be assessed`,
      detail: reason(assessment.errorMessage, "The log of the assessment says why."),
    },
  ];
}

function drift({ findings, workspaceName }: WorkspaceFacts): DesiredAlert[] {
  const drifted = [...new Set(findings?.drifted ?? [])].sort();
  if (drifted.length === 0) return [];
  return [
    {
      ...nothing,
      kind: "drift",
      cause: "drift",
      severity: "warning",
      title: `${count(drifted.length, "resource")} of ${workspaceName} changed outside of Terraform`,
      detail: detail(`Changed: ${named(drifted)}.`),
      subjects: drifted.slice(0, subjectsMax),
    },
  ];
}

function failingCheck(facts: WorkspaceFacts, check: CheckFact): DesiredAlert {
  const words = check.status === "error" ? "could not be evaluated" : "fails";
  return {
    ...nothing,
    kind: "check",
    cause: `check:${check.address}`,
    severity: "critical",
    title: `${check.address} of ${facts.workspaceName} ${words}`,
    detail: reason(check.problem, "It does not say why."),
    subjects: [check.address],
  };
}

const imageWords: Readonly<Record<string, { readonly severity: DesiredAlert["severity"]; readonly words: string }>> = {
  revoked: { severity: "critical", words: "is revoked" },
  "revocation-scheduled": { severity: "warning", words: "is about to be revoked" },
  "too-old": { severity: "warning", words: "is too old" },
  "behind-too-long": { severity: "info", words: "has been behind its channel for too long" },
};

/** Not all the uses behind an answer are known, so what it leaves out says nothing. */
function isIncomplete(check: ImageCheckFact): boolean {
  return check.status === "unknown" || check.usesTotal > check.uses.length;
}

function imageAlerts(facts: WorkspaceFacts, check: ImageCheckFact): DesiredAlert[] {
  if (check.status !== "fail") return [];
  const resources = new Map<string, { bucket: string; version: string; names: string[] }>();
  for (const { bucket, version, resource } of check.uses) {
    const key = `${bucket ?? "unknown"}/${version ?? "unknown"}`;
    const group = resources.get(key) ?? { bucket: bucket ?? "unknown", version: version ?? "unknown", names: [] };
    group.names.push(resource);
    resources.set(key, group);
  }
  const { severity, words } = imageWords[check.kind] ?? { severity: "warning", words: `fails ${check.kind}` };
  return [...resources].map(([key, { bucket, version, names }]) => ({
    ...nothing,
    kind: "image-status",
    cause: `image:${check.kind}:${key}`,
    severity,
    title: `${bucket} ${version}, which ${facts.workspaceName} runs, ${words}`,
    detail: detail(`Used by ${named(names.sort())}.`),
    subjects: names.slice(0, subjectsMax),
    bucketName: bucket,
    versionName: version,
  }));
}

/** A revocation with everybody whom it affects. */
export interface RevocationFacts {
  readonly versionId: string;
  readonly bucketName: string;
  readonly versionName: string;
  readonly revokeAt: Millis;
  readonly author: string | null;
  readonly message: string;
  /** Workspaces that run the version or what inherits its revocation, or read a channel that still points there. */
  readonly workspaceIds: readonly string[];
}

const inEffect = "in effect";

/** The workspaces that the alert of a revocation is about; none for other alerts. */
export function workspacesAffected(alert: Pick<Alert, "kind" | "subjects">): string[] {
  return alert.kind === "revocation" ? alert.subjects.filter((subject) => subject !== inEffect) : [];
}

/** Nothing when nobody is affected: then nobody has to do anything. */
export function revocationAlert(revocation: RevocationFacts, now: Millis): DesiredAlert[] {
  const { bucketName, versionName, author, message, workspaceIds } = revocation;
  if (workspaceIds.length === 0) return [];
  const revoked = revocation.revokeAt <= now;
  const by = author === null ? "" : ` by ${author}`;
  const because = message === "" ? "" : `: ${message}`;
  const affected = `${count(workspaceIds.length, "workspace")} ${workspaceIds.length === 1 ? "runs" : "run"} or ${workspaceIds.length === 1 ? "reads" : "read"} it, or what was built from it.`;
  return [
    {
      ...nothing,
      kind: "revocation",
      cause: `revocation:${revocation.versionId}`,
      severity: revoked ? "critical" : "warning",
      title: revoked
        ? `${bucketName} ${versionName} is revoked and still in use`
        : `${bucketName} ${versionName} is in use and will be revoked on ${toReadableTime(revocation.revokeAt)}`,
      detail: detail(`Revoked${by}${because}. ${affected}`),
      // Taking effect is worth telling again.
      subjects: [...(revoked ? [inEffect] : []), ...[...workspaceIds].sort().slice(0, subjectsMax)],
      bucketName,
      versionName,
    },
  ];
}

const nothing = { subjects: [], runId: null, bucketName: null, versionName: null } as const;

function named(names: readonly string[]): string {
  const rest = names.length - namedMax;
  return rest <= 0 ? names.join(", ") : `${names.slice(0, namedMax).join(", ")} and ${rest} more`;
}

function reason(text: string | null, otherwise: string): string {
  return detail(text === null || text.trim() === "" ? otherwise : text.trim());
}

function detail(text: string): string {
  return text.slice(0, detailCharactersMax);
}

function count(many: number, noun: string): string {
  return many === 1 ? `1 ${noun}` : `${many} ${noun}s`;
}
