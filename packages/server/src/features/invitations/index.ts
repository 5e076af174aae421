export {
  acceptInvitation,
  getMembership,
  invitePerson,
  membershipNotFound,
  removeMembership,
  type InvitationDeps,
} from "./invite-person.ts";
