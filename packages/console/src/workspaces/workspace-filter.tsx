import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMay } from "../session/use-session.ts";
import { workspacesQuery } from "./workspace-queries.ts";

/** Narrows a list to one workspace, or to none in particular. */
export function WorkspaceFilter(props: {
  readonly value: string | undefined;
  readonly onChange: (workspaceId: string | undefined) => void;
}) {
  const may = useMay();
  const workspaces = useQuery({ ...workspacesQuery({}), enabled: may("workspace:read") });
  return (
    <Select
      aria-label="Workspace"
      placeholder="All workspaces"
      searchable
      clearable
      w={240}
      data={(workspaces.data?.workspaces ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      value={props.value ?? null}
      onChange={(value) => props.onChange(value ?? undefined)}
    />
  );
}
