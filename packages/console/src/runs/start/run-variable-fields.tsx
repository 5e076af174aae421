import { ActionIcon, Button, Checkbox, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { RunVariable } from "./run-form.ts";

/** Values of variables for one run, which win over those of the workspace. */
export function RunVariableFields(props: {
  readonly variables: readonly RunVariable[];
  readonly onChange: (variables: readonly RunVariable[]) => void;
}) {
  const { variables, onChange } = props;
  const change = (index: number, patch: Partial<RunVariable>) =>
    onChange(variables.map((variable, at) => (at === index ? { ...variable, ...patch } : variable)));
  return (
    <Stack gap={6} role="group" aria-label="Variables of this run">
      <div>
        <Text size="sm" fw={500}>
          Variables of this run
        </Text>
        <Text size="xs" c="dimmed">
          Terraform variables. They win over those of the workspace.
        </Text>
      </div>
      {variables.map((variable, index) => (
        <Group key={index} gap="xs" wrap="nowrap">
          <TextInput
            aria-label={`Name of variable ${String(index + 1)}`}
            placeholder="name"
            maxLength={256}
            value={variable.key}
            onChange={(event) => change(index, { key: event.currentTarget.value })}
            style={{ flex: 1 }}
          />
          <TextInput
            aria-label={`Value of variable ${String(index + 1)}`}
            placeholder={variable.isExpression ? '["a", "b"]' : "value"}
            value={variable.value}
            onChange={(event) => change(index, { value: event.currentTarget.value })}
            style={{ flex: 2 }}
          />
          <Checkbox
            label="HCL"
            aria-label={`Variable ${String(index + 1)} is HCL`}
            checked={variable.isExpression}
            onChange={(event) => change(index, { isExpression: event.currentTarget.checked })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Remove variable ${String(index + 1)}`}
            onClick={() => onChange(variables.filter((_variable, at) => at !== index))}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      <div>
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange([...variables, { key: "", value: "", isExpression: false }])}
        >
          Add variable
        </Button>
      </div>
    </Stack>
  );
}
