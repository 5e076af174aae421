import { Button, Group, NativeSelect, Radio, Select, Stack, Switch, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { namesQuery } from "../../api/names.ts";
import { pathOf } from "../../api/json-api.ts";
import { Panel } from "../../parts/panel.tsx";
import { useSession } from "../../session/use-session.ts";
import { useSave } from "../../shell/use-save.ts";
import { changeWorkspace, type WorkspaceResource } from "../workspace-resource.ts";
import { attributesOfExecution, executionFormOf, type ExecutionForm } from "./execution-form.ts";
import { assignKey } from "./settings-queries.ts";

const modes: readonly {
  readonly value: ExecutionForm["mode"];
  readonly label: string;
  readonly description: string;
}[] = [
  { value: "inherit", label: "As its project says", description: "The default of the project or the organization." },
  { value: "remote", label: "Remote", description: "On any runner of this server." },
  { value: "agent", label: "Agent pool", description: "On the runners of one pool, and no others." },
  { value: "local", label: "Local", description: "Where the command line runs; only the state is kept here." },
];

interface FieldProps {
  readonly form: ExecutionForm;
  readonly change: (patch: Partial<ExecutionForm>) => void;
  readonly readOnly: boolean;
}

/** Where and with what the runs of a workspace are carried out, and what they do by themselves. */
export function ExecutionPanel({ workspace }: { readonly workspace: WorkspaceResource }) {
  const { saving, save } = useSave(["workspaces"]);
  const [changes, setChanges] = useState<Partial<ExecutionForm>>({});
  const readOnly = workspace.attributes.permissions["can-update"] !== true;
  const form: ExecutionForm = { ...executionFormOf(workspace), ...changes };
  const fields: FieldProps = {
    form,
    change: (patch) => setChanges((before) => ({ ...before, ...patch })),
    readOnly,
  };

  async function submit(): Promise<void> {
    const attributes = attributesOfExecution(form, changes);
    const done = await save(async () => {
      if (Object.keys(attributes).length > 0) await changeWorkspace(workspace.id, attributes);
      if (changes.sshKey !== undefined) await assignKey(workspace.id, form.sshKey);
    });
    if (done) setChanges({});
  }

  return (
    <Panel title="How it runs">
      <Stack gap="md">
        <ModeFields {...fields} />
        <EngineFields {...fields} />
        <ApplyFields {...fields} />
        {!readOnly && (
          <div>
            <Button
              loading={saving}
              disabled={Object.keys(changes).length === 0 || (form.mode === "agent" && form.pool === null)}
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

function ModeFields({ form, change, readOnly }: FieldProps) {
  const { organization } = useSession();
  const pools = useQuery({
    ...namesQuery("agent-pools", `${pathOf("organizations", organization.name)}/agent-pools`),
    enabled: form.mode === "agent",
  });
  return (
    <>
      <Radio.Group label="Execution mode" value={form.mode} onChange={(mode) => change({ mode })}>
        <Stack gap="xs" mt={6}>
          {modes.map((mode) => (
            <Radio key={mode.value} {...mode} disabled={readOnly} />
          ))}
        </Stack>
      </Radio.Group>
      {form.mode === "agent" && (
        <Select
          label="Agent pool"
          searchable
          allowDeselect={false}
          disabled={readOnly}
          placeholder="Choose a pool"
          nothingFoundMessage="There is no such pool"
          data={(pools.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={form.pool}
          onChange={(pool) => change({ pool })}
          maw={420}
        />
      )}
    </>
  );
}

function EngineFields({ form, change, readOnly }: FieldProps) {
  const { organization } = useSession();
  const keys = useQuery(namesQuery("ssh-keys", `${pathOf("organizations", organization.name)}/ssh-keys`));
  return (
    <Stack gap="sm">
      <Group align="flex-start" grow>
        <NativeSelect
          label="Engine"
          disabled={readOnly}
          data={[
            { value: "", label: "Whichever the runner has" },
            { value: "tofu", label: "OpenTofu" },
            { value: "terraform", label: "Terraform" },
          ]}
          value={form.engine}
          onChange={(event) => change({ engine: event.currentTarget.value as ExecutionForm["engine"] })}
        />
        <TextInput
          label="Version"
          description="One version, a constraint such as ~> 1.9.0, or latest."
          inputWrapperOrder={["label", "input", "description", "error"]}
          maxLength={64}
          disabled={readOnly}
          value={form.version}
          onChange={(event) => change({ version: event.currentTarget.value })}
        />
      </Group>
      <Group align="flex-start" grow>
        <TextInput
          label="Working directory"
          description="Below the root of the configuration; empty: the root."
          inputWrapperOrder={["label", "input", "description", "error"]}
          maxLength={512}
          disabled={readOnly}
          value={form.workingDirectory}
          onChange={(event) => change({ workingDirectory: event.currentTarget.value })}
        />
        <Select
          label="SSH key"
          description="For modules in repositories."
          inputWrapperOrder={["label", "input", "description", "error"]}
          clearable
          searchable
          placeholder="None"
          disabled={readOnly || keys.error !== null}
          data={(keys.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={form.sshKey}
          onChange={(sshKey) => change({ sshKey })}
        />
      </Group>
    </Stack>
  );
}

function ApplyFields({ form, change, readOnly }: FieldProps) {
  return (
    <Stack gap="xs">
      <Switch
        label="Apply by itself"
        description="A plan with changes is applied without asking anybody, once its checks have passed."
        checked={form.autoApply}
        disabled={readOnly}
        onChange={(event) => change({ autoApply: event.currentTarget.checked })}
      />
      <Switch
        label="Also when another workspace started the run"
        description="Of runs that a run trigger starts."
        checked={form.autoApplyRunTrigger}
        disabled={readOnly}
        onChange={(event) => change({ autoApplyRunTrigger: event.currentTarget.checked })}
      />
      <Switch
        label="Allow runs that destroy everything"
        checked={form.allowDestroyPlan}
        disabled={readOnly}
        onChange={(event) => change({ allowDestroyPlan: event.currentTarget.checked })}
      />
    </Stack>
  );
}
