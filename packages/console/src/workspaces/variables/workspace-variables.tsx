import { Stack, Text } from "@mantine/core";
import { IconVariable } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Resource } from "../../api/json-api.ts";
import { AddButton } from "../../parts/add-button.tsx";
import { changeAndDelete } from "../../parts/change-and-delete.tsx";
import { ConfirmDialog } from "../../parts/confirm-dialog.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Panel } from "../../parts/panel.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { menuColumn } from "../../parts/row-menu.tsx";
import { Empty, NotAllowed } from "../../parts/states.tsx";
import { notifyDone } from "../../shell/notify.tsx";
import { useRefresh } from "../../shell/use-save.ts";
import { VariableKey, VariableValue } from "../../variables/variable-cells.tsx";
import { VariableDialog } from "../../variables/variable-dialog.tsx";
import type { VariableAttributes } from "../../variables/variable-types.ts";
import type { WorkspaceResource } from "../workspace-resource.ts";
import type { MarkedVariable } from "./mark-variables.ts";
import { deleteVariable, saveVariable, workspaceVariablesQuery } from "./workspace-variable-queries.ts";

type Variable = Resource<VariableAttributes>;
type Asked = { readonly what: "new" } | { readonly what: "change" | "delete"; readonly variable: Variable };

/** What the runs of a workspace are given, wherever it comes from, and which value wins. */
export function WorkspaceVariables({ workspace }: { readonly workspace: WorkspaceResource }) {
  const { permissions } = workspace.attributes;
  const mayRead = permissions["can-read-variable"] === true;
  const mayWrite = permissions["can-update-variable"] === true;
  const query = useQuery({ ...workspaceVariablesQuery(workspace.id), enabled: mayRead });
  const refresh = useRefresh(["variables"]);
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);
  if (!mayRead) return <NotAllowed permission="variable:read" />;

  return (
    <Panel
      title="Variables"
      description="Its own, and those that variable sets give it. A set with priority wins over everything else."
      padded={false}
      actions={mayWrite && <AddButton onClick={() => setAsked({ what: "new" })}>New variable</AddButton>}
    >
      <QueryView
        query={query}
        what="The list of variables"
        isEmpty={({ variables }) => variables.length === 0}
        empty={
          <Empty icon={IconVariable} title="No variables">
            {mayWrite
              ? "Add what the configuration asks for, and what providers read from the environment."
              : "The runs of this workspace are given none."}
          </Empty>
        }
      >
        {({ variables }) => <VariableTable rows={variables} mayWrite={mayWrite} onAsk={(next) => setAsked(next)} />}
      </QueryView>
      {(asked?.what === "new" || asked?.what === "change") && (
        <VariableDialog
          variable={asked.what === "change" ? asked.variable.attributes : undefined}
          onClose={close}
          onSave={async (input) => {
            await saveVariable(workspace.id, asked.what === "change" ? asked.variable.id : undefined, input);
            await refresh();
            notifyDone("Saved. The next run gets it.");
          }}
        />
      )}
      <ConfirmDialog
        opened={asked?.what === "delete"}
        onClose={close}
        title="Delete this variable?"
        confirm="Delete variable"
        danger
        onConfirm={async () => {
          if (asked?.what !== "delete") return;
          await deleteVariable(workspace.id, asked.variable.id);
          await refresh();
        }}
      >
        {asked?.what === "delete" &&
          `Runs that are planned from now on do not get ${asked.variable.attributes.key} from this workspace any more.`}
      </ConfirmDialog>
    </Panel>
  );
}

function VariableTable(props: {
  readonly rows: readonly MarkedVariable<Variable>[];
  readonly mayWrite: boolean;
  readonly onAsk: (asked: Asked) => void;
}) {
  return (
    <DataTable
      label="Variables"
      rows={props.rows}
      rowKey={({ variable }) => variable.id}
      minWidth={640}
      columns={[
        { key: "key", header: "Key", cell: ({ variable }) => <VariableKey variable={variable.attributes} /> },
        { key: "value", header: "Value", cell: ({ variable }) => <VariableValue variable={variable.attributes} /> },
        { key: "from", header: "Comes from", cell: (row) => <Origin row={row} /> },
        menuColumn<MarkedVariable<Variable>>(
          ({ variable }) => variable.attributes.key,
          ({ variable, from }) =>
            from !== null || !props.mayWrite
              ? []
              : changeAndDelete(
                  () => props.onAsk({ what: "change", variable }),
                  () => props.onAsk({ what: "delete", variable }),
                ),
        ),
      ]}
    />
  );
}

function Origin({ row: { from, overriddenBy } }: { readonly row: MarkedVariable<Variable> }) {
  return (
    <Stack gap={0}>
      <span>{from === null ? "this workspace" : `set ${from.name}`}</span>
      {from?.priority === true && (
        <Text span size="xs" c="dimmed">
          with priority
        </Text>
      )}
      {overriddenBy !== null && (
        <Text span size="xs" c="var(--tone-warn)">
          not used: set {overriddenBy.name} wins
        </Text>
      )}
    </Stack>
  );
}
