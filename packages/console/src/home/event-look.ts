import {
  IconAlertTriangle,
  IconArrowUpRight,
  IconBan,
  IconBell,
  IconBellCheck,
  IconBox,
  IconCircle,
  IconClock,
  IconHeartbeat,
  IconRestore,
  type Icon,
} from "@tabler/icons-react";
import { findStatus, type Tone } from "../parts/status.ts";

/** Icon and tone of an event in the activity. */
export function lookOfEvent(
  kind: string,
  data: Readonly<Record<string, unknown>>,
): { readonly icon: Icon; readonly tone: Tone } {
  if (kind.startsWith("run.")) {
    const waits = data["waits"] === true;
    const { icon, tone } = findStatus("run", waits ? "waiting" : kind.slice("run.".length));
    return { icon, tone };
  }
  switch (kind) {
    case "channel.assigned":
      return { icon: IconArrowUpRight, tone: "busy" };
    case "version.created":
      return { icon: IconBox, tone: "busy" };
    case "version.completed":
      return { icon: IconBox, tone: "good" };
    case "version.not_enforced":
      return { icon: IconAlertTriangle, tone: "bad" };
    case "version.revoked":
      return { icon: IconBan, tone: "bad" };
    case "version.revocation_scheduled":
      return { icon: IconClock, tone: "warn" };
    case "version.revocation_canceled":
    case "version.restored":
      return { icon: IconRestore, tone: "good" };
    case "alert.opened":
    case "alert.changed":
      return { icon: IconBell, tone: "warn" };
    case "alert.resolved":
      return { icon: IconBellCheck, tone: "good" };
    default:
      return kind.startsWith("assessment.") ? lookOfAssessment(data) : { icon: IconCircle, tone: "quiet" };
  }
}

function lookOfAssessment(data: Readonly<Record<string, unknown>>): { readonly icon: Icon; readonly tone: Tone } {
  if (data["succeeded"] === false) return { icon: IconHeartbeat, tone: "warn" };
  if (data["drifted"] === true || Number(data["checksFailed"] ?? 0) > 0) return { icon: IconHeartbeat, tone: "bad" };
  return { icon: IconHeartbeat, tone: data["succeeded"] === true ? "good" : "quiet" };
}
