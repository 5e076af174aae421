export {
  changeTeamMembers,
  checkOwnerRemains,
  createTeam,
  deleteTeam,
  findTeams,
  getTeam,
  listTeams,
  updateTeam,
  type TeamDeps,
} from "./manage-teams.ts";
export {
  addTeamMembers,
  countTeamMembers,
  findTeam,
  findTeamNames,
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
