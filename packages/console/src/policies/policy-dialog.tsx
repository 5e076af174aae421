import { FileButton, Button, Group, Radio, Stack, Textarea, TextInput } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { policyCodeQuery, type Policy, type PolicyInput } from "./policy-queries.ts";

const example = `package terraform.policies.example

deny contains message if {
  some change in input.plan.resource_changes
  "delete" in change.change.actions
  message := sprintf("%s would be destroyed", [change.address])
}
`;

/** Writes a policy of OPA, or reads it from a file. */
export function PolicyDialog(props: {
  readonly policy: Policy | undefined;
  readonly onClose: () => void;
  readonly onSave: (input: PolicyInput) => Promise<void>;
}) {
  const { policy } = props;
  const stored = useQuery({ ...policyCodeQuery(policy?.id ?? ""), enabled: policy !== undefined });
  const [form, setForm] = useState<Omit<PolicyInput, "code">>({
    name: policy?.attributes.name ?? "",
    description: policy?.attributes.description ?? "",
    query: policy?.attributes.query ?? "data.terraform.policies.example.deny",
    level: policy?.attributes["enforcement-level"] === "mandatory" ? "mandatory" : "advisory",
  });
  const [written, setWritten] = useState<string>();
  const set = (patch: Partial<PolicyInput>) => setForm((before) => ({ ...before, ...patch }));
  const code = written ?? (policy === undefined ? example : (stored.data ?? ""));
  return (
    <ConfirmDialog
      opened
      onClose={props.onClose}
      title={policy === undefined ? "New policy" : `Change ${policy.attributes.name}`}
      confirm="Save policy"
      disabled={form.name.trim() === "" || form.query.trim() === "" || code.trim() === "" || stored.isLoading}
      onConfirm={() => props.onSave({ ...form, code })}
    >
      <Stack gap="sm">
        <TextInput
          label="Name"
          description={policy === undefined ? "Letters, digits, - and _. It stays what it is." : "It stays what it is."}
          required
          maxLength={255}
          data-autofocus
          disabled={policy !== undefined}
          value={form.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <TextInput
          label="Description"
          maxLength={1000}
          value={form.description}
          onChange={(event) => set({ description: event.currentTarget.value })}
        />
        <TextInput
          label="Query"
          description="What it finds is an objection: a set or an array that should be empty."
          required
          maxLength={4096}
          spellCheck={false}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
          value={form.query}
          onChange={(event) => set({ query: event.currentTarget.value })}
        />
        <Radio.Group label="When it finds something" value={form.level} onChange={(level) => set({ level })}>
          <Group mt={4}>
            <Radio value="advisory" label="It is shown (advisory)" />
            <Radio value="mandatory" label="The run stops (mandatory)" />
          </Group>
        </Radio.Group>
        <Textarea
          label="Code"
          description="Rego. The plan is input.plan, the run and its workspace are input.run."
          required
          autosize
          minRows={10}
          maxRows={24}
          spellCheck={false}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.8125rem" } }}
          value={code}
          onChange={(event) => setWritten(event.currentTarget.value)}
        />
        <div>
          <FileButton
            accept=".rego,text/plain"
            onChange={(file) => {
              if (file !== null) void file.text().then(setWritten);
            }}
          >
            {(button) => (
              <Button
                {...button}
                variant="default"
                size="compact-sm"
                leftSection={<IconUpload size={14} aria-hidden />}
              >
                From a file
              </Button>
            )}
          </FileButton>
        </div>
      </Stack>
    </ConfirmDialog>
  );
}
