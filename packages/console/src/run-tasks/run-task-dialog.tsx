import { PasswordInput, Stack, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import type { RunTask, RunTaskAttributes, RunTaskInput } from "./run-task-queries.ts";
import { StageFields } from "./stage-fields.tsx";

const fresh: RunTaskAttributes = {
  name: "",
  url: "",
  description: "",
  enabled: true,
  "global-configuration": { enabled: false, stages: ["post_plan"], "enforcement-level": "advisory" },
};

/** Makes or changes a run task. The key is never shown again; an empty field keeps the one that is set. */
export function RunTaskDialog(props: {
  readonly task: RunTask | undefined;
  readonly onClose: () => void;
  readonly onSave: (input: RunTaskInput) => Promise<void>;
}) {
  const { task } = props;
  const [form, setForm] = useState<RunTaskAttributes>(() => {
    const given = task?.attributes ?? fresh;
    const { stages } = given["global-configuration"];
    const global = { ...given["global-configuration"], stages: stages.length === 0 ? ["post_plan" as const] : stages };
    return { ...given, "global-configuration": global };
  });
  const [key, setKey] = useState("");
  const set = (patch: Partial<RunTaskAttributes>) => setForm((before) => ({ ...before, ...patch }));
  const global = form["global-configuration"];
  return (
    <ConfirmDialog
      opened
      onClose={props.onClose}
      title={task === undefined ? "New run task" : `Change ${task.attributes.name}`}
      confirm="Verify and save"
      disabled={form.name.trim() === "" || form.url.trim() === "" || global.stages.length === 0}
      onConfirm={() => {
        const { name, url, description, enabled } = form;
        return props.onSave({
          ...(task?.attributes.name === name ? {} : { name: name.trim() }),
          url: url.trim(),
          description,
          enabled,
          "global-configuration": global,
          ...(key === "" ? {} : { "hmac-key": key }),
        });
      }}
    >
      <Stack gap="sm">
        <TextInput
          label="Name"
          description="Letters, digits, - and _."
          required
          maxLength={90}
          data-autofocus
          value={form.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <TextInput
          label="Address"
          description="Called with each run. Private addresses are refused unless the operator allows them."
          type="url"
          required
          maxLength={4096}
          placeholder="https://"
          value={form.url}
          onChange={(event) => set({ url: event.currentTarget.value })}
        />
        <PasswordInput
          label="HMAC key"
          description={
            task === undefined
              ? "Signs what is sent, so that the service knows who calls. Optional, and never shown again."
              : "Leave empty to keep what is set."
          }
          autoComplete="off"
          maxLength={4096}
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <TextInput
          label="Description"
          maxLength={300}
          value={form.description}
          onChange={(event) => set({ description: event.currentTarget.value })}
        />
        <Switch
          label="Enabled"
          description="One that is switched off is asked by no run."
          checked={form.enabled}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
        <Switch
          label="Every run of the organization asks it"
          description="Beside the workspaces that attach it themselves."
          checked={global.enabled}
          onChange={(event) => set({ "global-configuration": { ...global, enabled: event.currentTarget.checked } })}
        />
        {global.enabled && (
          <StageFields
            stages={global.stages}
            level={global["enforcement-level"]}
            onChange={({ stages, level }) =>
              set({ "global-configuration": { ...global, stages, "enforcement-level": level } })
            }
          />
        )}
      </Stack>
    </ConfirmDialog>
  );
}
