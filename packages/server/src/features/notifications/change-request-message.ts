import { toRfc3339 } from "../../platform/clock.ts";
import type { ChangeRequest } from "../change-requests/index.ts";
import { workspaceUrl, type Links, type Message, type MessagePlace } from "./message.ts";
import type { Trigger } from "./triggers.ts";

const messageCharactersMax = 2000;

/** Source: HCP Terraform API, change request notification payload. */
export function changeRequestMessage(
  links: Links,
  place: MessagePlace,
  trigger: Trigger,
  request: ChangeRequest,
): Message {
  const workspaceName = place.workspace?.name ?? "";
  const url = workspaceUrl(links, place);
  return {
    trigger,
    title: `Change requested: ${workspaceName}`,
    text: request.subject,
    facts: [
      { label: "Workspace", value: workspaceName },
      { label: "Message", value: request.message.slice(0, messageCharactersMax) },
      { label: "Created by", value: request.createdByName },
      { label: "At", value: toRfc3339(request.createdAt) },
    ],
    link: { label: "Open the workspace", url },
    advice: "Archive the change request when it is done.",
    tone: "neutral",
    payload: {
      payload_version: 1,
      notification_configuration_id: place.configurationId,
      change_request_url: url,
      change_request_subject: request.subject,
      change_request_message: request.message,
      change_request_created_at: toRfc3339(request.createdAt),
      change_request_created_by: request.createdByName,
      workspace_id: request.workspaceId,
      workspace_name: workspaceName,
      organization_name: place.organizationName,
    },
  };
}
