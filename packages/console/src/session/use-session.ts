import { useLocalStorage } from "@mantine/hooks";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import type { ProjectRef, Session } from "../api/types.ts";
import { sessionQuery } from "./session-query.ts";

/** The session; only on pages inside the shell, which loads it before anything is shown. */
export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data;
}

// Images are shown of one project at a time; everything else is shown of all that the caller sees.
const ofOneProject = /^(registry|channel|version):/;

/** Answers whether the one who is signed in has a permission; everything is denied while nobody is. */
export function useMay(): (permission: string) => boolean {
  const { data } = useQuery({ ...sessionQuery, enabled: false });
  const [chosen] = useChosenProject();
  return (permission) => {
    const project = data && ofOneProject.test(permission) ? projectOf(data, chosen) : undefined;
    return (project ?? data)?.permissions.includes(permission) ?? false;
  };
}

/** The project whose images are shown. A credential of one project has no choice. */
export function useProject(): { readonly project: ProjectRef | undefined; readonly choose: (id: string) => void } {
  const session = useSession();
  const [chosen, setChosen] = useChosenProject();
  return { project: projectOf(session, chosen), choose: setChosen };
}

function useChosenProject() {
  return useLocalStorage({ key: "ingot-project", defaultValue: "", getInitialValueInEffect: false });
}

function projectOf({ project, projects }: Session, chosen: string): ProjectRef | undefined {
  return project ?? projects.find(({ id }) => id === chosen) ?? projects[0];
}
