export {
  findOrganization,
  findOrganizationByName,
  insertOrganization,
  type Organization,
} from "./organization-store.ts";
