export {
  changeTeamMembers,
  checkOwnerRemains,
  createTeam,
  deleteTeam,
  getTeam,
  listTeams,
  updateTeam,
  type TeamDeps,
} from "./manage-teams.ts";
export {
  addTeamMembers,
  findTeam,
  insertTeam,
  isTeamMember,
  leaveTeams,
  listTeamMembers,
  listTeamsOf,
  type TeamMember,
} from "./team-store.ts";
export {
  checkCovers,
  covers,
  isOwners,
  teamNotFound,
  type Team,
  type TeamChange,
  type TeamVisibility,
} from "./team.ts";
