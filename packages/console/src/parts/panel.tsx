import { Box, Group, Paper, Text, Title } from "@mantine/core";
import { useId, type ReactNode } from "react";

/** A part of a page with its own heading. Without padding for tables, which bring theirs. */
export function Panel(props: {
  readonly title: string;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  readonly padded?: boolean;
  readonly children: ReactNode;
}) {
  const id = useId();
  const { padded = true } = props;
  return (
    <Paper component="section" withBorder aria-labelledby={id} style={{ overflow: "hidden" }}>
      <Group
        justify="space-between"
        gap="sm"
        px="md"
        py={10}
        mih={48}
        style={{ borderBottom: "1px solid var(--surface-line)" }}
      >
        <Box>
          <Title order={2} size="h3" id={id}>
            {props.title}
          </Title>
          {props.description !== undefined && (
            <Text c="dimmed" size="xs" component="div">
              {props.description}
            </Text>
          )}
        </Box>
        {props.actions !== undefined && <Box fz="sm">{props.actions}</Box>}
      </Group>
      <Box p={padded ? "md" : 0}>{props.children}</Box>
    </Paper>
  );
}
