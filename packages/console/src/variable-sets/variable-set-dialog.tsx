import { Checkbox, Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { relatedIds } from "../api/json-api.ts";
import type { WorkspaceRef } from "../api/types.ts";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { ScopeFields, type Scope } from "../scopes/scope-fields.tsx";
import { useSession } from "../session/use-session.ts";
import type { VariableSet, VariableSetInput } from "./variable-set-queries.ts";

/** Makes a variable set, or changes what it is called and where it counts. */
export function VariableSetDialog(props: {
  readonly set: VariableSet | undefined;
  /** Those that it has, by name. */
  readonly workspaces: readonly WorkspaceRef[];
  readonly onClose: () => void;
  readonly onSave: (input: VariableSetInput) => Promise<void>;
}) {
  const { set } = props;
  const { projects } = useSession();
  const [name, setName] = useState(set?.attributes.name ?? "");
  const [description, setDescription] = useState(set?.attributes.description ?? "");
  const [priority, setPriority] = useState(set?.attributes.priority ?? false);
  const [parent, setParent] = useState<string | null>(null);
  const [scope, setScope] = useState<Scope>({
    everywhere: set?.attributes.global ?? false,
    projects: set === undefined ? [] : relatedIds(set, "projects"),
    workspaces: props.workspaces,
  });
  return (
    <ConfirmDialog
      opened
      onClose={props.onClose}
      title={set === undefined ? "New variable set" : `Change ${set.attributes.name}`}
      confirm={set === undefined ? "Make the set" : "Save set"}
      disabled={name.trim() === ""}
      onConfirm={() =>
        props.onSave({
          name,
          description,
          priority,
          parent,
          global: scope.everywhere,
          projects: scope.projects,
          workspaces: scope.workspaces.map(({ id }) => id),
        })
      }
    >
      <Stack gap="sm">
        <TextInput
          label="Name"
          required
          maxLength={90}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="Description"
          maxLength={512}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        {set === undefined && (
          <Select
            label="Belongs to"
            description="Whoever manages the variables of a project manages its sets too."
            placeholder="The organization"
            clearable
            searchable
            data={projects.map(({ external_id, name: label }) => ({ value: external_id, label: `Project ${label}` }))}
            value={parent}
            onChange={setParent}
          />
        )}
        <ScopeFields label="Given to" scope={scope} onChange={setScope} />
        <Checkbox
          label="Priority"
          description="Its values win over those of workspaces and of runs, which otherwise win over a set."
          checked={priority}
          onChange={(event) => setPriority(event.currentTarget.checked)}
        />
      </Stack>
    </ConfirmDialog>
  );
}
