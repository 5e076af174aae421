import { Stack, Text } from "@mantine/core";
import { IconVariable } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { relatedIds, type Resource } from "../api/json-api.ts";
import { AddButton } from "../parts/add-button.tsx";
import { ChangeAndDelete, changeAndDelete } from "../parts/change-and-delete.tsx";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { PageLink } from "../parts/link.tsx";
import { PagedTable } from "../parts/paged-table.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { menuColumn } from "../parts/row-menu.tsx";
import { Empty } from "../parts/states.tsx";
import { NamedPlaces } from "../scopes/named-places.tsx";
import { scopeText } from "../scopes/scope-text.ts";
import { useMay, useSession } from "../session/use-session.ts";
import { SettingsFrame } from "../settings/settings-frame.tsx";
import { notifyDone } from "../shell/notify.tsx";
import { useRefresh } from "../shell/use-save.ts";
import { VariableKey, VariableValue } from "../variables/variable-cells.tsx";
import { VariableDialog } from "../variables/variable-dialog.tsx";
import type { VariableAttributes } from "../variables/variable-types.ts";
import { workspaceRefsQuery } from "../workspaces/workspace-refs.ts";
import { VariableSetDialog } from "./variable-set-dialog.tsx";
import {
  deleteSetVariable,
  deleteVariableSet,
  saveSetVariable,
  saveVariableSet,
  setVariablesQuery,
  variableSetQuery,
  type VariableSet,
} from "./variable-set-queries.ts";

/** One variable set: where it counts, and its variables. */
export function VariableSetPage() {
  const { setId = "" } = useParams({ strict: false });
  const may = useMay();
  const query = useQuery({ ...variableSetQuery(setId), enabled: may("variable:read") });
  return (
    <SettingsFrame>
      <Stack gap="md">
        <PageLink to="/settings/variable-sets" size="sm">
          All variable sets
        </PageLink>
        <QueryView query={query} needs="variable:read" what="This variable set">
          {(set) => (
            <>
              <SetPanel set={set} />
              <SetVariables set={set} />
            </>
          )}
        </QueryView>
      </Stack>
    </SettingsFrame>
  );
}

function SetPanel({ set }: { readonly set: VariableSet }) {
  const { organization } = useSession();
  const may = useMay();
  const navigate = useNavigate();
  const refresh = useRefresh(["variable-sets", "variables"]);
  const [asked, setAsked] = useState<"change" | "delete">();
  const workspaceIds = relatedIds(set, "workspaces");
  const workspaces = useQuery({ ...workspaceRefsQuery(workspaceIds), enabled: workspaceIds.length > 0 }).data ?? [];
  const { attributes } = set;
  const projectIds = relatedIds(set, "projects");
  const mayWrite = may("variable:write");
  return (
    <Panel
      title={attributes.name}
      description={attributes.description}
      actions={
        mayWrite && (
          <ChangeAndDelete
            isLoading={workspaces.length < workspaceIds.length}
            onChange={() => setAsked("change")}
            onDelete={() => setAsked("delete")}
          />
        )
      }
    >
      <Stack gap={4}>
        <Text size="sm">
          Given to{" "}
          {attributes.global
            ? "every workspace"
            : scopeText({ everywhere: false, projects: projectIds.length, workspaces: workspaceIds.length })}
          .{" "}
          {attributes.priority
            ? "It wins over the variables of workspaces and runs."
            : "Workspaces and runs win over it."}
        </Text>
        <NamedPlaces projectIds={projectIds} workspaces={workspaces} />
      </Stack>
      {asked === "change" && (
        <VariableSetDialog
          set={set}
          workspaces={workspaces}
          onClose={() => setAsked(undefined)}
          onSave={async (input) => {
            await saveVariableSet(organization.name, set.id, input);
            await refresh();
          }}
        />
      )}
      <ConfirmDialog
        opened={asked === "delete"}
        onClose={() => setAsked(undefined)}
        title={`Delete ${attributes.name}?`}
        confirm="Delete set"
        danger
        onConfirm={async () => {
          await deleteVariableSet(set.id);
          notifyDone(`${attributes.name} is deleted.`);
          await navigate({ to: "/settings/variable-sets" });
          await refresh();
        }}
      >
        The runs of its workspaces do not get its variables any more.
      </ConfirmDialog>
    </Panel>
  );
}

type Variable = Resource<VariableAttributes>;
type Asked = { readonly what: "new" } | { readonly what: "change" | "delete"; readonly variable: Variable };

function SetVariables({ set }: { readonly set: VariableSet }) {
  const may = useMay();
  const mayWrite = may("variable:write");
  const query = useInfiniteQuery(setVariablesQuery(set.id));
  const refresh = useRefresh(["variable-sets", "variables"]);
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);
  return (
    <Panel
      title="Variables"
      padded={false}
      actions={mayWrite && <AddButton onClick={() => setAsked({ what: "new" })}>New variable</AddButton>}
    >
      <PagedTable
        query={query}
        label="Variables of the set"
        empty={<Empty icon={IconVariable} title="No variables yet" />}
        columns={[
          { key: "key", header: "Key", cell: ({ attributes }) => <VariableKey variable={attributes} /> },
          { key: "value", header: "Value", cell: ({ attributes }) => <VariableValue variable={attributes} /> },
          menuColumn<Variable>(
            (variable) => variable.attributes.key,
            (variable) =>
              mayWrite
                ? changeAndDelete(
                    () => setAsked({ what: "change", variable }),
                    () => setAsked({ what: "delete", variable }),
                  )
                : [],
          ),
        ]}
      />
      {(asked?.what === "new" || asked?.what === "change") && (
        <VariableDialog
          variable={asked.what === "change" ? asked.variable.attributes : undefined}
          onClose={close}
          onSave={async (input) => {
            await saveSetVariable(set.id, asked.what === "change" ? asked.variable.id : undefined, input);
            await refresh();
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
          await deleteSetVariable(set.id, asked.variable.id);
          await refresh();
        }}
      >
        {asked?.what === "delete" && `Runs do not get ${asked.variable.attributes.key} from this set any more.`}
      </ConfirmDialog>
    </Panel>
  );
}
