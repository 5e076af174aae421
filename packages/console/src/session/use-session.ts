import { useLocalStorage } from "@mantine/hooks";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import type { ProjectRef, Session } from "../api/types.ts";
import { sessionQuery } from "./session-query.ts";

/** The session; only on pages inside the shell, which loads it before anything is shown. */
export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data;
}

/** Answers whether the one who is signed in has a permission; everything is denied while nobody is. */
export function useMay(): (permission: string) => boolean {
  const { data } = useQuery({ ...sessionQuery, enabled: false });
  return (permission) => data?.permissions.includes(permission) ?? false;
}

/** The project whose images are shown. A credential of one project has no choice. */
export function useProject(): { readonly project: ProjectRef | undefined; readonly choose: (id: string) => void } {
  const session = useSession();
  const [chosen, setChosen] = useLocalStorage({
    key: "ingot-project",
    defaultValue: "",
    getInitialValueInEffect: false,
  });
  const { projects } = session;
  return {
    project: session.project ?? projects.find((project) => project.id === chosen) ?? projects[0],
    choose: setChosen,
  };
}
