export {
  findOrganization,
  findOrganizationByName,
  insertOrganization,
  setAssessmentsEnforced,
  type Organization,
} from "./organization-store.ts";
