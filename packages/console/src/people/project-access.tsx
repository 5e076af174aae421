import { NativeSelect, Stack } from "@mantine/core";
import { useState } from "react";
import { Empty } from "../parts/states.tsx";
import { useSession } from "../session/use-session.ts";
import { TeamAccessPanel } from "./team-access.tsx";

/** What teams may do in one project after the other. */
export function ProjectAccess() {
  const { projects } = useSession();
  const [chosen, setChosen] = useState<string>();
  const project = projects.find(({ id }) => id === chosen) ?? projects[0];
  if (project === undefined) return <Empty title="No project that you may know of" />;
  return (
    <Stack gap="md">
      {projects.length > 1 && (
        <NativeSelect
          label="Project"
          value={project.id}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={projects.map(({ id, name }) => ({ value: id, label: name }))}
          maw={320}
        />
      )}
      <TeamAccessPanel key={project.id} place={{ kind: "project", id: project.id }} name={project.name} />
    </Stack>
  );
}
