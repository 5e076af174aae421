import { Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { relatedIds } from "../api/json-api.ts";
import type { WorkspaceRef } from "../api/types.ts";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { ScopeFields, type Scope } from "../scopes/scope-fields.tsx";
import type { AgentPool, PoolInput } from "./agent-pool-queries.ts";

/** Makes an agent pool, or changes who may use it. */
export function PoolDialog(props: {
  readonly pool: AgentPool | undefined;
  /** Those that may use it, by name. */
  readonly workspaces: readonly WorkspaceRef[];
  readonly onClose: () => void;
  readonly onSave: (input: PoolInput) => Promise<void>;
}) {
  const { pool } = props;
  const [name, setName] = useState(pool?.attributes.name ?? "");
  const [scope, setScope] = useState<Scope>({
    everywhere: pool?.attributes["organization-scoped"] ?? true,
    projects: pool === undefined ? [] : relatedIds(pool, "allowed-projects"),
    workspaces: props.workspaces,
  });
  return (
    <ConfirmDialog
      opened
      onClose={props.onClose}
      title={pool === undefined ? "New agent pool" : `Change ${pool.attributes.name}`}
      confirm={pool === undefined ? "Make the pool" : "Save pool"}
      disabled={name.trim() === ""}
      onConfirm={() =>
        props.onSave({
          name,
          everywhere: scope.everywhere,
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
        <ScopeFields label="Who may use it" scope={scope} onChange={setScope} />
      </Stack>
    </ConfirmDialog>
  );
}
