import { Badge, Group, Text } from "@mantine/core";
import type { VariableAttributes } from "./variable-types.ts";

/** What a variable is called and what it is for. */
export function VariableKey({ variable }: { readonly variable: VariableAttributes }) {
  return (
    <>
      <Group gap={6}>
        <Text span size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>
          {variable.key}
        </Text>
        {variable.category === "env" && <Mark>env</Mark>}
        {variable.hcl && <Mark>HCL</Mark>}
      </Group>
      {variable.description !== "" && (
        <Text size="xs" c="dimmed">
          {variable.description}
        </Text>
      )}
    </>
  );
}

function Mark({ children }: { readonly children: string }) {
  return (
    <Badge variant="default" size="xs" tt="none">
      {children}
    </Badge>
  );
}

/** Its value, or that nobody can read it. */
export function VariableValue({ variable }: { readonly variable: VariableAttributes }) {
  if (variable.sensitive) {
    return (
      <Text span size="sm" c="dimmed">
        sensitive
      </Text>
    );
  }
  if (variable.value === null || variable.value === "") {
    return (
      <Text span size="sm" c="dimmed">
        empty
      </Text>
    );
  }
  return (
    <Text span size="sm" ff="monospace" lineClamp={2} style={{ overflowWrap: "anywhere" }} title={variable.value}>
      {variable.value}
    </Text>
  );
}
