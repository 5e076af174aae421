import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconBan,
  IconCheck,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleMinus,
  IconCircleX,
  IconClock,
  IconClockPause,
  IconEyeOff,
  IconHandStop,
  IconHelpCircle,
  IconHourglass,
  IconInfoCircle,
  IconLoader2,
  IconPlayerPause,
  IconProgress,
  IconVersions,
} from "@tabler/icons-react";
import { agentStatuses, enforcementLevels, policyVersionStatuses, stageStatuses } from "./stage-statuses.ts";
import type { StatusLook } from "./status-look.ts";

export type { StatusLook, Tone } from "./status-look.ts";

/** Of an image in use. */
export const imageUseStatuses = {
  current: {
    label: "Current",
    tone: "good",
    icon: IconCircleCheck,
    meaning: "Runs the version its channel points at.",
  },
  behind: { label: "Behind", tone: "warn", icon: IconVersions, meaning: "Its channel points at another version." },
  scheduled: {
    label: "To be revoked",
    tone: "warn",
    icon: IconClock,
    meaning: "The version will be revoked at a time that is set.",
  },
  revoked: { label: "Revoked", tone: "bad", icon: IconBan, meaning: "The version must not be used any more." },
  unknown: {
    label: "Unknown",
    tone: "warn",
    icon: IconHelpCircle,
    meaning:
      "The registry no longer has the version, or no channel says which one it should be. It does not count as good.",
  },
  untracked: {
    label: "Untracked",
    tone: "quiet",
    icon: IconEyeOff,
    meaning: "The registry has never known this image, so nothing can be said about it.",
  },
} as const satisfies Record<string, StatusLook>;

/** Of a version; the words of the registry API lose their prefix. */
export const versionStatuses = {
  active: { label: "Active", tone: "good", icon: IconCircleCheck, meaning: "Complete, and may be used." },
  running: { label: "Building", tone: "busy", icon: IconLoader2, meaning: "Builds report that they are running." },
  incomplete: { label: "Incomplete", tone: "quiet", icon: IconCircleDashed, meaning: "Not every build has finished." },
  cancelled: { label: "Cancelled", tone: "quiet", icon: IconCircleMinus, meaning: "A build was cancelled." },
  failed: { label: "Failed", tone: "bad", icon: IconCircleX, meaning: "A build failed." },
  revoked: { label: "Revoked", tone: "bad", icon: IconBan, meaning: "Must not be used any more." },
  revocation_scheduled: {
    label: "Revocation scheduled",
    tone: "warn",
    icon: IconClock,
    meaning: "Will be revoked at a time that is set.",
  },
} as const satisfies Record<string, StatusLook>;

/** Of a build of a version. */
export const buildStatuses = {
  done: { label: "Done", tone: "good", icon: IconCircleCheck },
  running: { label: "Running", tone: "busy", icon: IconLoader2 },
  unset: { label: "Not started", tone: "quiet", icon: IconCircleDashed },
  cancelled: { label: "Cancelled", tone: "quiet", icon: IconCircleMinus },
  failed: { label: "Failed", tone: "bad", icon: IconCircleX },
} as const satisfies Record<string, StatusLook>;

/** Of a relation between a parent image and what is built from it. */
export const ancestryStatuses = {
  up_to_date: {
    label: "Up to date",
    tone: "good",
    icon: IconCircleCheck,
    meaning: "Built from the parent version that the parent's channel points at.",
  },
  out_of_date: {
    label: "Out of date",
    tone: "warn",
    icon: IconVersions,
    meaning: "The parent has a newer version: rebuild to take it in.",
  },
  undetermined: {
    label: "Undetermined",
    tone: "quiet",
    icon: IconHelpCircle,
    meaning: "The build did not say which channel of the parent it followed.",
  },
} as const satisfies Record<string, StatusLook>;

/** Of a run. */
export const runStatuses = {
  pending: { label: "Pending", tone: "quiet", icon: IconHourglass, meaning: "Waits for its turn in the workspace." },
  queuing: { label: "Queuing", tone: "busy", icon: IconLoader2 },
  plan_queued: { label: "Plan queued", tone: "busy", icon: IconHourglass, meaning: "Waits for a runner." },
  planning: { label: "Planning", tone: "busy", icon: IconLoader2 },
  planned: {
    label: "Planned",
    tone: "warn",
    icon: IconHandStop,
    meaning: "The plan is there; the run goes on when it is confirmed.",
  },
  waiting: {
    label: "Waits for approval",
    tone: "warn",
    icon: IconHandStop,
    meaning: "A person decides whether this is applied.",
  },
  planned_and_finished: {
    label: "Planned and finished",
    tone: "good",
    icon: IconCircleCheck,
    meaning: "There was nothing to apply, or the run only plans.",
  },
  planned_and_saved: {
    label: "Plan saved",
    tone: "quiet",
    icon: IconPlayerPause,
    meaning: "The plan is kept until somebody applies it.",
  },
  pre_plan_running: {
    label: "Checks before the plan",
    tone: "busy",
    icon: IconLoader2,
    meaning: "Run tasks and policies are asked before it is planned.",
  },
  pre_plan_awaiting_decision: { label: "Waits for an override", tone: "warn", icon: IconHandStop },
  pre_plan_completed: { label: "Checks passed", tone: "busy", icon: IconProgress },
  post_plan_running: {
    label: "Checks of the plan",
    tone: "busy",
    icon: IconLoader2,
    meaning: "Run tasks and policies are asked about the plan.",
  },
  post_plan_awaiting_decision: {
    label: "Waits for an override",
    tone: "warn",
    icon: IconHandStop,
    meaning: "A mandatory policy failed, and a person may let the run go on all the same.",
  },
  post_plan_completed: { label: "Checks passed", tone: "warn", icon: IconHandStop },
  pre_apply_running: { label: "Checks before the apply", tone: "busy", icon: IconLoader2 },
  pre_apply_completed: { label: "Checks passed", tone: "busy", icon: IconProgress },
  post_apply_running: {
    label: "Checks of the apply",
    tone: "busy",
    icon: IconLoader2,
    meaning: "Everything is applied; run tasks look at it.",
  },
  post_apply_completed: { label: "Applied and checked", tone: "busy", icon: IconProgress },
  confirmed: { label: "Confirmed", tone: "busy", icon: IconCheck },
  queuing_apply: { label: "Queuing the apply", tone: "busy", icon: IconLoader2 },
  apply_queued: { label: "Apply queued", tone: "busy", icon: IconHourglass, meaning: "Waits for a runner." },
  applying: { label: "Applying", tone: "busy", icon: IconLoader2 },
  applied: { label: "Applied", tone: "good", icon: IconCircleCheck },
  discarded: { label: "Discarded", tone: "quiet", icon: IconCircleMinus },
  errored: { label: "Failed", tone: "bad", icon: IconCircleX },
  canceled: { label: "Canceled", tone: "quiet", icon: IconCircleMinus },
} as const satisfies Record<string, StatusLook>;

/** Of a phase of a run (plan, apply). */
export const phaseStatuses = {
  pending: { label: "Pending", tone: "quiet", icon: IconHourglass },
  queued: { label: "Queued", tone: "busy", icon: IconHourglass },
  running: { label: "Running", tone: "busy", icon: IconLoader2 },
  finished: { label: "Finished", tone: "good", icon: IconCircleCheck },
  errored: { label: "Failed", tone: "bad", icon: IconCircleX },
  canceled: { label: "Canceled", tone: "quiet", icon: IconCircleMinus },
  unreachable: { label: "Not reached", tone: "quiet", icon: IconCircleMinus },
} as const satisfies Record<string, StatusLook>;

/** Of a workspace, by its latest assessment. */
export const healthStatuses = {
  healthy: {
    label: "Healthy",
    tone: "good",
    icon: IconCircleCheck,
    meaning: "The latest assessment found no drift and no failed check.",
  },
  drifted: {
    label: "Drifted",
    tone: "bad",
    icon: IconAlertTriangle,
    meaning: "What runs differs from what was applied.",
  },
  "checks-failed": {
    label: "Checks failed",
    tone: "bad",
    icon: IconCircleX,
    meaning: "A check of the configuration does not hold.",
  },
  unknown: {
    label: "Unknown",
    tone: "warn",
    icon: IconHelpCircle,
    meaning: "Never assessed, or the latest assessment failed. It does not count as healthy.",
  },
  off: {
    label: "Off",
    tone: "quiet",
    icon: IconPlayerPause,
    meaning: "Assessments are switched off for this workspace.",
  },
} as const satisfies Record<string, StatusLook>;

export const assessmentStatuses = {
  queued: { label: "Queued", tone: "busy", icon: IconHourglass },
  running: { label: "Running", tone: "busy", icon: IconLoader2 },
  finished: { label: "Finished", tone: "good", icon: IconCircleCheck },
  failed: { label: "Failed", tone: "bad", icon: IconCircleX },
  canceled: { label: "Canceled", tone: "quiet", icon: IconCircleMinus },
} as const satisfies Record<string, StatusLook>;

/** Of a check of a configuration or one that is built in. */
export const checkStatuses = {
  pass: { label: "Passes", tone: "good", icon: IconCircleCheck },
  fail: { label: "Fails", tone: "bad", icon: IconCircleX },
  error: { label: "Error", tone: "bad", icon: IconAlertTriangle, meaning: "The check could not be evaluated." },
  unknown: { label: "Unknown", tone: "warn", icon: IconHelpCircle },
  off: { label: "Off", tone: "quiet", icon: IconPlayerPause },
} as const satisfies Record<string, StatusLook>;

export const alertSeverities = {
  info: { label: "Info", tone: "busy", icon: IconInfoCircle },
  warning: { label: "Warning", tone: "warn", icon: IconAlertTriangle },
  critical: { label: "Critical", tone: "bad", icon: IconAlertTriangle },
} as const satisfies Record<string, StatusLook>;

export const alertStates = {
  open: { label: "Open", tone: "warn", icon: IconAlertTriangle },
  resolved: { label: "Resolved", tone: "good", icon: IconCircleCheck },
} as const satisfies Record<string, StatusLook>;

/** Of a message about an alert to one destination. */
export const deliveryStates = {
  pending: { label: "Pending", tone: "busy", icon: IconClockPause, meaning: "Not delivered yet; it is tried again." },
  delivered: { label: "Delivered", tone: "good", icon: IconCircleCheck },
  failed: { label: "Failed", tone: "bad", icon: IconCircleX, meaning: "Given up after the last attempt." },
} as const satisfies Record<string, StatusLook>;

/** Of an audit record. */
export const auditOutcomes = {
  ok: { label: "Done", tone: "good", icon: IconCircleCheck },
  refused: { label: "Refused", tone: "warn", icon: IconHandStop, meaning: "A rule kept it from being done." },
  failed: { label: "Failed", tone: "bad", icon: IconCircleX, meaning: "The server could not do it." },
  unknown: {
    label: "Unknown",
    tone: "warn",
    icon: IconHelpCircle,
    meaning: "The server stopped before it knew how this ended.",
  },
} as const satisfies Record<string, StatusLook>;

/** What a workspace does when a channel it reads moves. */
export const followSettings = {
  off: { label: "Off", tone: "quiet", icon: IconPlayerPause, meaning: "Nothing happens." },
  notify: { label: "Notify", tone: "quiet", icon: IconInfoCircle, meaning: "It is told, and nothing is run." },
  plan: { label: "Plan", tone: "busy", icon: IconArrowBackUp, meaning: "A run is planned and waits for approval." },
  apply: { label: "Apply", tone: "busy", icon: IconCheck, meaning: "A run is planned and applied." },
} as const satisfies Record<string, StatusLook>;

/** Whether a version was built with the enforced blocks of its image. */
export const enforcementStatuses = {
  enforced: {
    label: "Enforced",
    tone: "good",
    icon: IconCircleCheck,
    meaning: "Packer asked for the enforced blocks when it built this version.",
  },
  not_enforced: {
    label: "Not enforced",
    tone: "bad",
    icon: IconAlertTriangle,
    meaning: "Enforced blocks were linked, and whoever built this version never asked for them.",
  },
  unknown: {
    label: "Unknown",
    tone: "warn",
    icon: IconHelpCircle,
    meaning: "Nobody can tell whether its builds were given the enforced blocks. It does not count as enforced.",
  },
  none_required: {
    label: "None required",
    tone: "quiet",
    icon: IconCircleMinus,
    meaning: "No enforced block was linked when it was built.",
  },
} as const satisfies Record<string, StatusLook>;

/** How bad a vulnerability is. */
export const criticalityStatuses = {
  critical: { label: "Critical", tone: "bad", icon: IconAlertTriangle },
  high: { label: "High", tone: "bad", icon: IconAlertTriangle },
  medium: { label: "Medium", tone: "warn", icon: IconAlertTriangle },
  low: { label: "Low", tone: "quiet", icon: IconInfoCircle },
  unknown: {
    label: "Unknown",
    tone: "warn",
    icon: IconHelpCircle,
    meaning: "Its database does not say how bad it is. It does not count as low.",
  },
} as const satisfies Record<string, StatusLook>;

export const statusVocabulary = {
  "image-use": imageUseStatuses,
  version: versionStatuses,
  build: buildStatuses,
  ancestry: ancestryStatuses,
  run: runStatuses,
  phase: phaseStatuses,
  health: healthStatuses,
  assessment: assessmentStatuses,
  check: checkStatuses,
  severity: alertSeverities,
  alert: alertStates,
  delivery: deliveryStates,
  follow: followSettings,
  audit: auditOutcomes,
  enforcement: enforcementStatuses,
  criticality: criticalityStatuses,
  stage: stageStatuses,
  agent: agentStatuses,
  "policy-version": policyVersionStatuses,
  "enforcement-level": enforcementLevels,
} as const;

export type StatusOf = keyof typeof statusVocabulary;

/** The look of a status. Words of the registry API (`VERSION_REVOKED`) are understood; an unknown word is shown as it is. */
export function findStatus(of: StatusOf, word: string): StatusLook {
  const key = word.replace(/^(VERSION|BUILD)_(?=[A-Z])/, "").toLowerCase();
  const looks: Readonly<Record<string, StatusLook>> = statusVocabulary[of];
  return looks[word] ?? looks[key] ?? { label: word === "" ? "Unknown" : word, tone: "quiet", icon: IconHelpCircle };
}
