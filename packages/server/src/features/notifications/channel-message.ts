import { toRfc3339 } from "../../platform/clock.ts";
import type { Event } from "../events/index.ts";
import { textOf, type Links, type Message, type MessagePlace } from "./message.ts";
import type { Trigger } from "./triggers.ts";

/** A channel points elsewhere. */
export function channelMessage(links: Links, place: MessagePlace, trigger: Trigger, event: Event): Message {
  const bucket = textOf(event, "bucket", "");
  const channel = textOf(event, "channel", "");
  const version = typeof event.data["version"] === "string" ? event.data["version"] : null;
  const url = `${links.publicUrl}/app/images/${encodeURIComponent(bucket)}`;
  return {
    trigger,
    title: `Channel moved: ${bucket} ${channel}`,
    text: `${event.summary}.`,
    facts: [
      { label: "Channel", value: `${bucket} ${channel}` },
      { label: "Version", value: version ?? "none" },
      ...(event.actorName === null ? [] : [{ label: "By", value: event.actorName }]),
      { label: "At", value: toRfc3339(event.at) },
    ],
    link: { label: "Open the bucket", url },
    advice: null,
    tone: "neutral",
    payload: {
      payload_version: "ingot-1",
      notification_configuration_id: place.configurationId,
      trigger,
      state: "changed",
      message: event.summary,
      channel: { bucket, channel, version, moved_by: event.actorName, moved_at: toRfc3339(event.at), url },
      organization_name: place.organizationName,
    },
  };
}
