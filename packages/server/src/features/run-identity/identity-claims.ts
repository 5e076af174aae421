import { CredentialsProblem } from "./cloud-settings.ts";

/** The place of a run, in the words that other systems know it by. */
export interface RunPlace {
  readonly organization: { readonly id: string; readonly name: string };
  readonly project: { readonly id: string; readonly name: string };
  readonly workspace: { readonly id: string; readonly name: string };
  readonly runId: string;
  /** An assessment is a plan to others. */
  readonly phase: "plan" | "apply";
}

/**
 * The subject and the claims of a run. Throws CredentialsProblem for a name that would make the subject ambiguous. Source: HCP
 * Terraform, Workload identity, token specification.
 */
export function identityClaims(place: RunPlace): {
  readonly subject: string;
  readonly claims: Readonly<Record<string, string>>;
} {
  const { organization, project, workspace } = place;
  const ambiguous = [organization, project, workspace].find(({ name }) => name.includes(":"));
  if (ambiguous !== undefined) {
    throw new CredentialsProblem(
      `${JSON.stringify(ambiguous.name)} has a colon, so that it could pass for the name of something else in the subject of a token. Rename it to use workload identity.`,
    );
  }
  const full = `organization:${organization.name}:project:${project.name}:workspace:${workspace.name}`;
  return {
    subject: `${full}:run_phase:${place.phase}`,
    claims: {
      terraform_organization_id: organization.id,
      terraform_organization_name: organization.name,
      terraform_project_id: project.id,
      terraform_project_name: project.name,
      terraform_workspace_id: workspace.id,
      terraform_workspace_name: workspace.name,
      terraform_full_workspace: full,
      terraform_run_id: place.runId,
      terraform_run_phase: place.phase,
    },
  };
}
