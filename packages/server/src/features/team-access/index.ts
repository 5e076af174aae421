export {
  addTeamAccess,
  getTeamAccess,
  listTeamAccess,
  removeTeamAccess,
  updateTeamAccess,
  type NewTeamAccess,
  type TeamAccessDeps,
} from "./manage-team-access.ts";
export { teamAccessNotFound, type AccessTarget, type TeamAccess } from "./team-access.ts";
