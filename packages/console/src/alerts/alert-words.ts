import type { Alert } from "../api/types.ts";

export const alertKindLabels: Readonly<Record<Alert["kind"], string>> = {
  drift: "Drift",
  check: "Check failed",
  "assessment-failed": "Assessment failed",
  "image-status": "Image check",
  "run-failed": "Run failed",
  "run-waiting": "Run waits for approval",
  revocation: "Revocation",
};

/** What resolves an alert of this kind, for whoever wonders what to do. */
export const alertAdvice: Readonly<Record<Alert["kind"], string>> = {
  drift:
    "Look at what changed outside, then repair it with a run or accept it with a refresh-only run. The next assessment without drift resolves this.",
  check: "Look at what the check says and put it right. The next assessment in which it passes resolves this.",
  "assessment-failed":
    "Nothing is known about the workspace until an assessment succeeds. Its log says what went wrong. The next one that succeeds resolves this.",
  "image-status":
    "Let a run move the workspace to a good version, or change the limits in its settings. It resolves itself when the check passes.",
  "run-failed": "Read the log of the run and start another one. The next run that succeeds resolves this.",
  "run-waiting": "Look at the plan, then approve or discard the run.",
  revocation: "Look at who uses the version, and let them move to a good one.",
};
