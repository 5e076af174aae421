import { Checkbox, Group, PasswordInput, Radio, Stack, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { formOf, inputOf, type VariableAttributes, type VariableForm, type VariableInput } from "./variable-types.ts";

/** Makes or changes a variable. `onSave` fails with what the server answered, which stays in the dialog. */
export function VariableDialog(props: {
  /** Undefined: a new one. */
  readonly variable: VariableAttributes | undefined;
  readonly onClose: () => void;
  readonly onSave: (input: VariableInput) => Promise<void>;
}) {
  const { variable } = props;
  const [form, setForm] = useState(() => formOf(variable));
  const set = (patch: Partial<VariableForm>) => setForm((before) => ({ ...before, ...patch }));
  const staysSensitive = variable?.sensitive === true;
  return (
    <ConfirmDialog
      opened
      onClose={props.onClose}
      title={variable === undefined ? "New variable" : `Change ${variable.key}`}
      confirm="Save variable"
      disabled={form.key.trim() === ""}
      onConfirm={() => props.onSave(inputOf(form, variable))}
    >
      <Stack gap="sm">
        <Radio.Group label="For" value={form.category} onChange={(category) => set({ category })}>
          <Group mt={4}>
            <Radio value="terraform" label="The configuration (a Terraform variable)" />
            <Radio value="env" label="The environment of the engine" />
          </Group>
        </Radio.Group>
        <TextInput
          label="Key"
          required
          maxLength={512}
          spellCheck={false}
          data-autofocus
          value={form.key}
          disabled={staysSensitive}
          onChange={(event) => set({ key: event.currentTarget.value })}
        />
        <ValueField form={form} set={set} isKept={staysSensitive} />
        <Stack gap="xs">
          {form.category === "terraform" && (
            <Checkbox
              label="HCL"
              description="The value is an expression, such as a list or a map."
              checked={form.hcl}
              onChange={(event) => set({ hcl: event.currentTarget.checked })}
            />
          )}
          <Checkbox
            label="Sensitive"
            description={
              staysSensitive
                ? "It stays so. Delete it and make another one instead."
                : "Nobody can read the value afterwards, only runs get it."
            }
            checked={form.sensitive}
            disabled={staysSensitive}
            onChange={(event) => set({ sensitive: event.currentTarget.checked })}
          />
        </Stack>
        <TextInput
          label="Description"
          maxLength={512}
          value={form.description}
          onChange={(event) => set({ description: event.currentTarget.value })}
        />
      </Stack>
    </ConfirmDialog>
  );
}

function ValueField(props: {
  readonly form: VariableForm;
  readonly set: (patch: Partial<VariableForm>) => void;
  readonly isKept: boolean;
}) {
  const { form, set } = props;
  if (form.sensitive) {
    return (
      <PasswordInput
        label="Value"
        {...(props.isKept ? { description: "Leave empty to keep the value that is set." } : {})}
        autoComplete="off"
        value={form.value}
        onChange={(event) => set({ value: event.currentTarget.value })}
      />
    );
  }
  return (
    <Textarea
      label="Value"
      autosize
      minRows={1}
      maxRows={12}
      spellCheck={false}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.8125rem" } }}
      value={form.value}
      onChange={(event) => set({ value: event.currentTarget.value })}
    />
  );
}
