import { Text } from "@mantine/core";
import { IconListCheck } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { AddButton } from "../parts/add-button.tsx";
import { changeAndDelete } from "../parts/change-and-delete.tsx";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import type { Column } from "../parts/data-table.tsx";
import { PagedTable } from "../parts/paged-table.tsx";
import { Panel } from "../parts/panel.tsx";
import { menuColumn } from "../parts/row-menu.tsx";
import { Empty } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { stageNames } from "../runs/stages/stage-words.ts";
import { useMay, useSession } from "../session/use-session.ts";
import { SettingsFrame } from "../settings/settings-frame.tsx";
import { notifyDone } from "../shell/notify.tsx";
import { useRefresh } from "../shell/use-save.ts";
import { RunTaskDialog } from "./run-task-dialog.tsx";
import { deleteRunTask, runTasksQuery, saveRunTask, type RunTask } from "./run-task-queries.ts";

type Asked = { readonly what: "new" } | { readonly what: "change" | "delete"; readonly task: RunTask };

/** The services that runs ask. */
export function RunTasksPage() {
  const { organization } = useSession();
  const may = useMay();
  const mayWrite = may("run-task:write");
  const query = useInfiniteQuery({ ...runTasksQuery(organization.name), enabled: may("run-task:read") });
  const refresh = useRefresh(["run-tasks"]);
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);
  return (
    <SettingsFrame>
      <Panel
        title="Run tasks"
        description="Services that runs ask before they go on. One is called once when it is saved, and must answer."
        padded={false}
        actions={mayWrite && <AddButton onClick={() => setAsked({ what: "new" })}>New run task</AddButton>}
      >
        <PagedTable
          query={query}
          needs="run-task:read"
          label="Run tasks"
          minWidth={640}
          empty={
            <Empty icon={IconListCheck} title="No run task yet">
              Add a scanner or an approval of your own: it gets the plan, and its answer can stop the run.
            </Empty>
          }
          columns={[
            ...columns,
            menuColumn<RunTask>(
              ({ attributes }) => attributes.name,
              (task) =>
                mayWrite
                  ? changeAndDelete(
                      () => setAsked({ what: "change", task }),
                      () => setAsked({ what: "delete", task }),
                    )
                  : [],
            ),
          ]}
        />
      </Panel>
      {(asked?.what === "new" || asked?.what === "change") && (
        <RunTaskDialog
          task={asked.what === "change" ? asked.task : undefined}
          onClose={close}
          onSave={async (input) => {
            await saveRunTask(organization.name, asked.what === "change" ? asked.task.id : undefined, input);
            await refresh();
            notifyDone("Saved. The service has answered.");
          }}
        />
      )}
      <ConfirmDialog
        opened={asked?.what === "delete"}
        onClose={close}
        title="Delete this run task?"
        confirm="Delete run task"
        danger
        onConfirm={async () => {
          if (asked?.what !== "delete") return;
          await deleteRunTask(asked.task.id);
          await refresh();
        }}
      >
        {asked?.what === "delete" &&
          `Runs that are made from now on do not ask ${asked.task.attributes.name}, in any workspace.`}
      </ConfirmDialog>
    </SettingsFrame>
  );
}

const columns: readonly Column<RunTask>[] = [
  {
    key: "name",
    header: "Name",
    cell: ({ attributes }) => (
      <>
        <Text span size="sm" fw={500} style={{ overflowWrap: "anywhere" }}>
          {attributes.name}
        </Text>
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {attributes.url}
        </Text>
        {attributes.description !== "" && (
          <Text size="xs" c="dimmed">
            {attributes.description}
          </Text>
        )}
      </>
    ),
  },
  {
    key: "where",
    header: "Asked by",
    cell: ({ attributes: { "global-configuration": global } }) =>
      global.enabled ? (
        <>
          every run
          <Text size="xs" c="dimmed">
            {global.stages.map((stage) => stageNames[stage]).join(", ")}
          </Text>
        </>
      ) : (
        "workspaces that attach it"
      ),
  },
  {
    key: "level",
    header: "Level",
    cell: ({ attributes: { "global-configuration": global } }) =>
      global.enabled ? <StatusBadge of="enforcement-level" status={global["enforcement-level"]} /> : "–",
  },
  { key: "enabled", header: "Enabled", cell: ({ attributes }) => (attributes.enabled ? "yes" : "no") },
];
