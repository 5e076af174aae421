export { addTeamMembers, insertTeam, type Team, type TeamVisibility } from "./team-store.ts";
