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
