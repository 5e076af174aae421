import { Button, Radio, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { Panel } from "../../parts/panel.tsx";
import { useSave } from "../../shell/use-save.ts";
import { changeWorkspace, type WorkspaceResource } from "../workspace-resource.ts";
import { attributesOfEnd, endOf, type EndForm } from "./end-form.ts";

const choices: readonly { readonly value: EndForm["kind"]; readonly label: string; readonly description: string }[] = [
  { value: "inherit", label: "As its project says", description: "Never, unless the project has a rule." },
  { value: "never", label: "Never", description: "Whatever the project says." },
  { value: "at", label: "At a time", description: "Once, at the time below." },
  { value: "idle", label: "When nothing has changed for a while", description: "Each change puts it off again." },
];

/** When a workspace is destroyed by itself. */
export function AutoDestroyPanel({ workspace }: { readonly workspace: WorkspaceResource }) {
  const readOnly = workspace.attributes.permissions["can-update"] !== true;
  const { saving, save } = useSave(["workspaces"]);
  const [changes, setChanges] = useState<Partial<EndForm>>({});
  const form: EndForm = { ...endOf(workspace.attributes), ...changes };
  const change = (patch: Partial<EndForm>) => setChanges((before) => ({ ...before, ...patch }));
  const attributes = attributesOfEnd(form);

  async function submit(): Promise<void> {
    if (attributes === undefined) return;
    if (await save(() => changeWorkspace(workspace.id, attributes))) setChanges({});
  }

  return (
    <Panel title="Destroyed by itself" description="A run destroys everything it manages; the workspace stays">
      <Stack gap="sm">
        <Radio.Group aria-label="Destroyed by itself" value={form.kind} onChange={(kind) => change({ kind })}>
          <Stack gap="xs">
            {choices.map((choice) => (
              <Radio key={choice.value} {...choice} disabled={readOnly} />
            ))}
          </Stack>
        </Radio.Group>
        {form.kind === "at" && (
          <TextInput
            label="Time"
            description="In your time zone."
            type="datetime-local"
            maw={280}
            disabled={readOnly}
            value={form.at}
            onChange={(event) => change({ at: event.currentTarget.value })}
          />
        )}
        {form.kind === "idle" && (
          <TextInput
            label="Without a change for"
            description="Days or hours, such as 14d or 36h."
            maw={280}
            maxLength={5}
            disabled={readOnly}
            value={form.duration}
            onChange={(event) => change({ duration: event.currentTarget.value })}
          />
        )}
        {!readOnly && (
          <div>
            <Button
              loading={saving}
              color={form.kind === "at" || form.kind === "idle" ? "red" : "steel"}
              disabled={Object.keys(changes).length === 0 || attributes === undefined}
              onClick={() => void submit()}
            >
              Save
            </Button>
          </div>
        )}
      </Stack>
    </Panel>
  );
}
