export {
  acceptInvitation,
  getMembership,
  membershipNotFound,
  removeMembership,
  type MembershipDeps,
} from "./manage-memberships.ts";
export {
  inviteByLink,
  invitePerson,
  renewInvitation,
  type InvitationDeps,
  type ShownInvitation,
} from "./invite-person.ts";
export { acceptByLink, joinByInvitation, openInvitation, type OpenedInvitation } from "./open-invitation.ts";
export { invitationUrl, mailInvitation, mailInvitationJob } from "./mail-invitation.ts";
export { findInvitations } from "./invitation-store.ts";
export type { Invitation, MailState } from "./invitation.ts";
