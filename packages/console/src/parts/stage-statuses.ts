import {
  IconArrowForwardUp,
  IconCircleCheck,
  IconCircleMinus,
  IconCircleX,
  IconHandStop,
  IconHourglass,
  IconInfoCircle,
  IconLoader2,
  IconLock,
} from "@tabler/icons-react";
import type { StatusLook } from "./status-look.ts";

/** Of a stage of a run, of a run task in it, and of what policies have found. */
export const stageStatuses = {
  pending: { label: "Not yet", tone: "quiet", icon: IconHourglass },
  running: { label: "Running", tone: "busy", icon: IconLoader2 },
  awaiting_override: {
    label: "Waits for an override",
    tone: "warn",
    icon: IconHandStop,
    meaning: "A mandatory policy failed, and a person may let the run go on all the same.",
  },
  passed: { label: "Passed", tone: "good", icon: IconCircleCheck },
  failed: { label: "Failed", tone: "bad", icon: IconCircleX },
  errored: {
    label: "Error",
    tone: "bad",
    icon: IconCircleX,
    meaning:
      "It could not be asked or evaluated, so nobody knows what it would have said. It does not count as passed.",
  },
  overridden: {
    label: "Overridden",
    tone: "warn",
    icon: IconArrowForwardUp,
    meaning: "It failed, and a person let the run go on.",
  },
  canceled: { label: "Canceled", tone: "quiet", icon: IconCircleMinus },
  unreachable: { label: "Not reached", tone: "quiet", icon: IconCircleMinus },
} as const satisfies Record<string, StatusLook>;

/** What it means that something fails. */
export const enforcementLevels = {
  mandatory: { label: "Mandatory", tone: "quiet", icon: IconLock, meaning: "When it does not pass, the run stops." },
  advisory: {
    label: "Advisory",
    tone: "quiet",
    icon: IconInfoCircle,
    meaning: "When it does not pass, the run goes on and shows it.",
  },
} as const satisfies Record<string, StatusLook>;

/** Of a runner of an agent pool. */
export const agentStatuses = {
  idle: { label: "Idle", tone: "good", icon: IconCircleCheck, meaning: "Waits for a run." },
  busy: { label: "Busy", tone: "busy", icon: IconLoader2, meaning: "Carries out a run." },
  unknown: { label: "Silent", tone: "warn", icon: IconHandStop, meaning: "Has not been heard of for a while." },
  errored: { label: "Gone", tone: "bad", icon: IconCircleX, meaning: "Has not been heard of for long." },
} as const satisfies Record<string, StatusLook>;

/** Of an archive of policies. */
export const policyVersionStatuses = {
  pending: { label: "Not uploaded", tone: "quiet", icon: IconHourglass },
  ready: { label: "Ready", tone: "good", icon: IconCircleCheck },
  errored: { label: "Refused", tone: "bad", icon: IconCircleX, meaning: "It does not count; the one before it does." },
} as const satisfies Record<string, StatusLook>;
