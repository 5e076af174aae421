export { membersMax, type Group, type GroupMember, type GroupRef } from "./group.ts";
export { findGroup, findGroups, listGroupIds, type GroupFilter } from "./group-store.ts";
export {
  changeGroup,
  changeMembers,
  createGroup,
  deleteGroup,
  getGroup,
  listGroups,
  listMembers,
  type GroupDeps,
} from "./manage-groups.ts";
