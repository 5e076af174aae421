import { toRfc3339, type Millis } from "../../platform/clock.ts";
import type { Db } from "../../db/database.ts";
import { readCheckedWorkspaces, type CheckedUse, type CheckedWorkspace } from "./use-status-store.ts";

/** The checks that need no code in a configuration. */
export const imageCheckKinds = ["revoked", "revocation-scheduled", "too-old", "behind-too-long"] as const;
export type ImageCheckKind = (typeof imageCheckKinds)[number];

/** `off`: the workspace has not set how many days are too many. `unknown` never counts as good. */
export type ImageCheckStatus = "pass" | "fail" | "unknown" | "off";

export interface WorkspaceImageCheck {
  readonly kind: ImageCheckKind;
  readonly status: ImageCheckStatus;
  /** One sentence for people. */
  readonly message: string;
  /** The uses that fail it, or that nothing can be said about when none fails; at most 50 of them. */
  readonly uses: readonly {
    readonly resource: string;
    readonly bucket: string | null;
    readonly version: string | null;
  }[];
  /** How many there are, those beyond 50 included. */
  readonly usesTotal: number;
}

const dayMs = 86_400_000;
const usesMax = 50;

/** Judges the images of one workspace at this moment. Undefined when there is no such workspace. Two statements. */
export async function checkWorkspaceImages(
  db: Db,
  workspaceId: string,
  now: Millis,
): Promise<readonly WorkspaceImageCheck[] | undefined> {
  return (await checkImagesOfWorkspaces(db, [workspaceId], now)).get(workspaceId);
}

/** As {@link checkWorkspaceImages}, by workspace. Two statements, however many. */
export async function checkImagesOfWorkspaces(
  db: Db,
  workspaceIds: readonly string[],
  now: Millis,
): Promise<ReadonlyMap<string, readonly WorkspaceImageCheck[]>> {
  const workspaces = await readCheckedWorkspaces(db, workspaceIds, now);
  return new Map([...workspaces].map(([id, workspace]) => [id, judgeImages(workspace, now)]));
}

/** One answer for each kind of check, in the order of {@link imageCheckKinds}. */
export function judgeImages(workspace: CheckedWorkspace, now: Millis): readonly WorkspaceImageCheck[] {
  const { uses, ageDaysMax, behindDaysMax } = workspace;
  const nobodyKnows = (use: CheckedUse): boolean => use.versionCreatedAt === null;
  return [
    judge("revoked", uses, {
      fails: (use) => use.status === "revoked",
      unknown: nobodyKnows,
      failed: "a revoked version runs",
      good: "No revoked version runs.",
    }),
    judge("revocation-scheduled", uses, {
      fails: (use) => use.status === "scheduled",
      unknown: nobodyKnows,
      failed: `a version runs that will be revoked${earliest(uses)}`,
      good: "No version that runs is about to be revoked.",
    }),
    ageDaysMax === null
      ? off("too-old", "The workspace does not limit the age of images.")
      : judge("too-old", uses, {
          fails: (use) => use.versionCreatedAt !== null && now - use.versionCreatedAt > ageDaysMax * dayMs,
          unknown: nobodyKnows,
          failed: `an image is older than ${days(ageDaysMax)}`,
          good: `Every image is at most ${days(ageDaysMax)} old.`,
        }),
    behindDaysMax === null
      ? off("behind-too-long", "The workspace does not limit how long an image may be behind its channel.")
      : judge("behind-too-long", uses, {
          fails: (use) => use.behindSince !== null && now - use.behindSince > behindDaysMax * dayMs,
          unknown: (use) => nobodyKnows(use) || use.status === "unknown",
          failed: `an image has been behind its channel for more than ${days(behindDaysMax)}`,
          good: `No image has been behind its channel for more than ${days(behindDaysMax)}.`,
        }),
  ];
}

interface Rule {
  readonly fails: (use: CheckedUse) => boolean;
  /** Whether nothing can be said about a use that does not fail. */
  readonly unknown: (use: CheckedUse) => boolean;
  readonly failed: string;
  readonly good: string;
}

function judge(kind: ImageCheckKind, uses: readonly CheckedUse[], rule: Rule): WorkspaceImageCheck {
  const failing = uses.filter((use) => rule.fails(use));
  if (failing.length > 0) {
    return { kind, status: "fail", message: `In ${resources(failing)} ${rule.failed}.`, ...namesOf(failing) };
  }
  const unknown = uses.filter((use) => rule.unknown(use));
  if (unknown.length > 0) {
    const message = `Nothing is known about the image of ${resources(unknown)}; the others are in order.`;
    return { kind, status: "unknown", message, ...namesOf(unknown) };
  }
  return { kind, status: "pass", message: rule.good, uses: [], usesTotal: 0 };
}

function off(kind: ImageCheckKind, message: string): WorkspaceImageCheck {
  return { kind, status: "off", message, uses: [], usesTotal: 0 };
}

function namesOf(uses: readonly CheckedUse[]): Pick<WorkspaceImageCheck, "uses" | "usesTotal"> {
  const names = uses.slice(0, usesMax).map(({ resource, bucketName, versionName }) => ({
    resource,
    bucket: bucketName,
    version: versionName,
  }));
  return { uses: names, usesTotal: uses.length };
}

function earliest(uses: readonly CheckedUse[]): string {
  const dates = uses.flatMap((use) => (use.status === "scheduled" && use.revokeAt !== null ? [use.revokeAt] : []));
  return dates.length === 0 ? "" : `, the first at ${toRfc3339(Math.min(...dates))}`;
}

function resources(uses: readonly CheckedUse[]): string {
  const [first] = uses;
  return uses.length === 1 && first !== undefined ? first.resource : `${uses.length} resources`;
}

function days(count: number): string {
  return count === 1 ? "1 day" : `${count} days`;
}
