import { Group, Text } from "@mantine/core";
import type { WorkspaceRef } from "../api/types.ts";
import { PageLink } from "../parts/link.tsx";
import { useSession } from "../session/use-session.ts";

/** The projects (as `prj-…`) and workspaces in which something counts, by name; nothing where none is named. */
export function NamedPlaces(props: {
  readonly projectIds: readonly string[];
  readonly workspaces: readonly WorkspaceRef[];
}) {
  const { projects } = useSession();
  const { projectIds, workspaces } = props;
  return (
    <>
      {projectIds.length > 0 && (
        <Text size="sm" c="dimmed">
          Projects:{" "}
          {projectIds.map((id) => projects.find(({ external_id }) => external_id === id)?.name ?? id).join(", ")}
        </Text>
      )}
      {workspaces.length > 0 && (
        <Group gap="4px 12px">
          {workspaces.map(({ id, name }) => (
            <PageLink key={id} size="sm" to="/workspaces/$workspaceId" params={{ workspaceId: id }}>
              {name}
            </PageLink>
          ))}
        </Group>
      )}
    </>
  );
}
