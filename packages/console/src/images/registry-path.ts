import { useProject, useSession } from "../session/use-session.ts";

/** A project as the registry API names it. */
export interface Place {
  readonly organizationId: string;
  readonly projectId: string;
}

/** The project whose images are shown; undefined when the credential sees none. */
export function usePlace(): Place | undefined {
  const session = useSession();
  const { project } = useProject();
  return project && { organizationId: session.organization.id, projectId: project.id };
}

/** A path of the registry API below the project, each segment encoded. */
export function registryPath(place: Place, ...segments: readonly string[]): string {
  const below = segments.map((segment) => `/${encodeURIComponent(segment)}`).join("");
  return `/packer/2023-01-01/organizations/${place.organizationId}/projects/${place.projectId}${below}`;
}
