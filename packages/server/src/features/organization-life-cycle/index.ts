export {
  createOrganization,
  furnishOrganization,
  mayCreateOrganizations,
  type CreateOrganizationDeps,
  type OrganizationCreators,
} from "./create-organization.ts";
export {
  deleteOrganization,
  removeOrganization,
  removeOrganizationJob,
  type DeleteOrganizationDeps,
  type RemoveOrganizationDeps,
} from "./delete-organization.ts";
