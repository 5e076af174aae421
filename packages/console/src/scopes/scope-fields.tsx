import { MultiSelect, Radio, Stack } from "@mantine/core";
import type { WorkspaceRef } from "../api/types.ts";
import { useSession } from "../session/use-session.ts";
import { WorkspacesPicker } from "../workspaces/workspace-picker.tsx";

export interface Scope {
  readonly everywhere: boolean;
  /** As `prj-…`. */
  readonly projects: readonly string[];
  readonly workspaces: readonly WorkspaceRef[];
}

/** Where something of an organization counts: everywhere, or in projects and workspaces that are named. */
export function ScopeFields(props: {
  readonly label: string;
  readonly scope: Scope;
  readonly onChange: (scope: Scope) => void;
  readonly disabled?: boolean;
}) {
  const { scope, onChange, disabled = false } = props;
  const { projects } = useSession();
  return (
    <Stack gap="sm">
      <Radio.Group
        label={props.label}
        value={scope.everywhere ? "all" : "some"}
        onChange={(value) => onChange({ ...scope, everywhere: value === "all" })}
      >
        <Stack gap="xs" mt={6}>
          <Radio value="all" label="Every workspace of the organization" disabled={disabled} />
          <Radio value="some" label="Projects and workspaces that are named" disabled={disabled} />
        </Stack>
      </Radio.Group>
      {!scope.everywhere && (
        <>
          <MultiSelect
            label="Projects"
            searchable
            clearable
            disabled={disabled}
            placeholder={scope.projects.length === 0 ? "None" : ""}
            data={projects.map(({ external_id, name }) => ({ value: external_id, label: name }))}
            value={[...scope.projects]}
            onChange={(chosen) => onChange({ ...scope, projects: chosen })}
          />
          <WorkspacesPicker
            label="Workspaces"
            disabled={disabled}
            value={scope.workspaces}
            onChange={(workspaces) => onChange({ ...scope, workspaces })}
          />
        </>
      )}
    </Stack>
  );
}
