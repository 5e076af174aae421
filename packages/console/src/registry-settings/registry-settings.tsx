import { Stack } from "@mantine/core";
import { usePlace } from "../images/registry-path.ts";
import { Empty } from "../parts/states.tsx";
import { useProject } from "../session/use-session.ts";
import { RunTask } from "./run-task.tsx";
import { Webhooks } from "./webhooks.tsx";

/** What the registry of the project tells others, and what others may ask it. */
export function RegistrySettings() {
  const place = usePlace();
  const { project } = useProject();
  if (place === undefined || project === undefined) {
    return (
      <Empty title="No project">
        These settings belong to a project, and your credential sees none. Ask an administrator of the organization for
        one.
      </Empty>
    );
  }
  return (
    <Stack gap="md" key={project.id}>
      <Webhooks project={project} />
      <RunTask place={place} project={project} />
    </Stack>
  );
}
