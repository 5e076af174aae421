export {
  insertMembership,
  listOrganizationsOf,
  moveHomes,
  type Membership,
  type MembershipStatus,
} from "./membership-store.ts";
