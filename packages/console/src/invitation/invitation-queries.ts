import { callApi } from "../api/client.ts";
import type { OpenedInvitationView, Session } from "../api/types.ts";

export type OpenedInvitation = OpenedInvitationView;

export function openInvitation(secret: string): Promise<OpenedInvitation> {
  return callApi("/api/v1/invitations/open", { method: "POST", body: { secret } });
}

/** Accepts as a person who has never been here, and signs in. */
export function joinByInvitation(secret: string): Promise<Session> {
  return callApi("/api/v1/invitations/join", { method: "POST", body: { secret } });
}

/** Accepts as the person who is signed in; this browser shows the new organization from then on. */
export async function acceptInvitation(secret: string): Promise<void> {
  await callApi("/api/v1/invitations/accept", { method: "POST", body: { secret } });
}
