import { Checkbox, MultiSelect, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { pathOf, relatedIds } from "../api/json-api.ts";
import { namesQuery } from "../api/names.ts";
import type { WorkspaceRef } from "../api/types.ts";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { ScopeFields, type Scope } from "../scopes/scope-fields.tsx";
import { useSession } from "../session/use-session.ts";
import type { PolicySet, PolicySetInput } from "./policy-queries.ts";

/** Makes a set of OPA policies, or changes what it is called, what is in it and where it counts. */
export function PolicySetDialog(props: {
  readonly set: PolicySet | undefined;
  /** Those that it counts in, by name. */
  readonly workspaces: readonly WorkspaceRef[];
  readonly onClose: () => void;
  readonly onSave: (input: PolicySetInput) => Promise<void>;
}) {
  const { set } = props;
  const { organization } = useSession();
  const known =
    useQuery(namesQuery("policy-sets", `${pathOf("organizations", organization.name)}/policies`)).data ?? [];
  const [name, setName] = useState(set?.attributes.name ?? "");
  const [description, setDescription] = useState(set?.attributes.description ?? "");
  const [overridable, setOverridable] = useState(set?.attributes.overridable ?? false);
  const [policies, setPolicies] = useState<readonly string[]>(set === undefined ? [] : relatedIds(set, "policies"));
  const [scope, setScope] = useState<Scope>({
    everywhere: set?.attributes.global ?? false,
    projects: set === undefined ? [] : relatedIds(set, "projects"),
    workspaces: props.workspaces,
  });
  return (
    <ConfirmDialog
      opened
      onClose={props.onClose}
      title={set === undefined ? "New policy set" : `Change ${set.attributes.name}`}
      confirm={set === undefined ? "Make the set" : "Save set"}
      disabled={name.trim() === ""}
      onConfirm={() =>
        props.onSave({
          name,
          description,
          overridable,
          policies,
          global: scope.everywhere,
          projects: scope.projects,
          workspaces: scope.workspaces.map(({ id }) => id),
        })
      }
    >
      <Stack gap="sm">
        <TextInput
          label="Name"
          description="Letters, digits, - and _."
          required
          maxLength={255}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="Description"
          maxLength={1000}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        {set?.attributes.versioned !== true && (
          <MultiSelect
            label="Policies"
            description="Or upload an archive to the set later, with all of them in it."
            searchable
            clearable
            placeholder={policies.length === 0 ? "None" : ""}
            nothingFoundMessage="There is no other policy"
            data={known.map(({ id, name: label }) => ({ value: id, label }))}
            value={[...policies]}
            onChange={setPolicies}
          />
        )}
        <ScopeFields label="Counts in" scope={scope} onChange={setScope} />
        <Checkbox
          label="A person may override it"
          description="Whoever has run:override-policy lets a run go on though a mandatory policy of it failed."
          checked={overridable}
          onChange={(event) => setOverridable(event.currentTarget.checked)}
        />
      </Stack>
    </ConfirmDialog>
  );
}
