import { Select, Stack } from "@mantine/core";
import { IconListCheck, IconPencil, IconTrash } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { pathOf, relatedId, type Resource } from "../../api/json-api.ts";
import { namesQuery } from "../../api/names.ts";
import { AddButton } from "../../parts/add-button.tsx";
import { ConfirmDialog } from "../../parts/confirm-dialog.tsx";
import { PagedTable } from "../../parts/paged-table.tsx";
import { Panel } from "../../parts/panel.tsx";
import { menuColumn } from "../../parts/row-menu.tsx";
import { Empty } from "../../parts/states.tsx";
import { StatusBadge } from "../../parts/status-badge.tsx";
import { StageFields } from "../../run-tasks/stage-fields.tsx";
import { stageNames } from "../../runs/stages/stage-words.ts";
import { useMay, useSession } from "../../session/use-session.ts";
import { useRefresh } from "../../shell/use-save.ts";
import type { WorkspaceResource } from "../workspace-resource.ts";
import {
  detachTask,
  saveWorkspaceTask,
  workspaceTasksQuery,
  type WorkspaceTaskAttributes,
} from "./settings-queries.ts";

type WorkspaceTask = Resource<WorkspaceTaskAttributes>;
type Asked = { readonly what: "new" } | { readonly what: "change" | "remove"; readonly task: WorkspaceTask };

/** The run tasks that the runs of a workspace ask. Those of the whole organization are not among them. */
export function TasksPanel({ workspace }: { readonly workspace: WorkspaceResource }) {
  const { organization } = useSession();
  const may = useMay();
  const mayChange = workspace.attributes.permissions["can-manage-run-tasks"] === true;
  const query = useInfiniteQuery(workspaceTasksQuery(workspace.id));
  const tasks = useQuery({
    ...namesQuery("run-tasks", `${pathOf("organizations", organization.name)}/tasks`),
    enabled: may("run-task:read"),
  }).data;
  const refresh = useRefresh(["run-tasks"]);
  const [asked, setAsked] = useState<Asked>();
  const nameOf = (task: WorkspaceTask) => {
    const id = relatedId(task, "task") ?? "";
    return tasks?.find((one) => one.id === id)?.name ?? id;
  };
  const close = () => setAsked(undefined);

  return (
    <Panel
      title="Run tasks"
      description="Services that its runs ask, beside those that every run of the organization asks."
      padded={false}
      actions={mayChange && <AddButton onClick={() => setAsked({ what: "new" })}>Attach a task</AddButton>}
    >
      <PagedTable
        query={query}
        label="Run tasks"
        empty={
          <Empty icon={IconListCheck} title="No run task of its own">
            The run tasks of the organization are under Settings, Run tasks.
          </Empty>
        }
        columns={[
          { key: "name", header: "Task", cell: nameOf },
          {
            key: "stages",
            header: "When",
            cell: ({ attributes }) => attributes.stages.map((stage) => stageNames[stage]).join(", "),
          },
          {
            key: "level",
            header: "Level",
            cell: ({ attributes }) => <StatusBadge of="enforcement-level" status={attributes["enforcement-level"]} />,
          },
          menuColumn<WorkspaceTask>(
            (task) => nameOf(task),
            (task) =>
              mayChange
                ? [
                    { label: "Change", icon: IconPencil, onClick: () => setAsked({ what: "change", task }) },
                    {
                      label: "Detach",
                      icon: IconTrash,
                      danger: true,
                      onClick: () => setAsked({ what: "remove", task }),
                    },
                  ]
                : [],
          ),
        ]}
      />
      {(asked?.what === "new" || asked?.what === "change") && (
        <TaskDialog
          title={asked.what === "new" ? "Attach a run task" : `Change ${nameOf(asked.task)}`}
          tasks={asked.what === "new" ? (tasks ?? []) : undefined}
          before={asked.what === "change" ? asked.task.attributes : undefined}
          onClose={close}
          onSave={async (attributes, taskId) => {
            await saveWorkspaceTask(
              workspace.id,
              asked.what === "new" ? { taskId } : { id: asked.task.id },
              attributes,
            );
            await refresh();
          }}
        />
      )}
      <ConfirmDialog
        opened={asked?.what === "remove"}
        onClose={close}
        title="Detach this run task?"
        confirm="Detach"
        danger
        onConfirm={async () => {
          if (asked?.what !== "remove") return;
          await detachTask(workspace.id, asked.task.id);
          await refresh();
        }}
      >
        Runs that are made from now on do not ask it. Those under way still do.
      </ConfirmDialog>
    </Panel>
  );
}

function TaskDialog(props: {
  readonly title: string;
  /** To choose from; undefined: it is settled. */
  readonly tasks: readonly { readonly id: string; readonly name: string }[] | undefined;
  readonly before: WorkspaceTaskAttributes | undefined;
  readonly onClose: () => void;
  readonly onSave: (attributes: WorkspaceTaskAttributes, taskId: string) => Promise<void>;
}) {
  const [taskId, setTaskId] = useState("");
  const [attributes, setAttributes] = useState<WorkspaceTaskAttributes>(
    props.before ?? { "enforcement-level": "advisory", stages: ["post_plan"] },
  );
  return (
    <ConfirmDialog
      opened
      onClose={props.onClose}
      title={props.title}
      confirm={props.tasks === undefined ? "Save" : "Attach"}
      disabled={attributes.stages.length === 0 || (props.tasks !== undefined && taskId === "")}
      onConfirm={() => props.onSave(attributes, taskId)}
    >
      <Stack gap="sm">
        {props.tasks !== undefined && (
          <Select
            label="Run task"
            searchable
            data-autofocus
            nothingFoundMessage="There is no such run task. Make it under Settings, Run tasks."
            data={props.tasks.map(({ id, name }) => ({ value: id, label: name }))}
            value={taskId === "" ? null : taskId}
            onChange={(id) => setTaskId(id ?? "")}
          />
        )}
        <StageFields
          stages={attributes.stages}
          level={attributes["enforcement-level"]}
          onChange={({ stages, level }) => setAttributes({ stages, "enforcement-level": level })}
        />
      </Stack>
    </ConfirmDialog>
  );
}
