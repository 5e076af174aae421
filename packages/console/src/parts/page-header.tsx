import { Breadcrumbs, Group, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";

/**
 * The heading of a page, and the title of the document. `trail` are links to what the page is inside of; `actions` stand on
 * the right.
 */
export function PageHeader(props: {
  readonly title: string;
  /** Shown instead of the plain title. */
  readonly heading?: ReactNode;
  readonly trail?: readonly ReactNode[];
  readonly status?: ReactNode;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
}) {
  useDocumentTitle(`${props.title} · Ingot`);
  return (
    <Stack gap={4} mb="lg">
      {props.trail !== undefined && props.trail.length > 0 && (
        <nav aria-label="Breadcrumb">
          <Breadcrumbs fz="sm" separatorMargin={6}>
            {props.trail}
          </Breadcrumbs>
        </nav>
      )}
      <Group justify="space-between" align="center" gap="sm" mih={36}>
        <Group gap="sm" align="center" style={{ minWidth: 0 }}>
          <Title order={1} style={{ overflowWrap: "anywhere" }}>
            {props.heading ?? props.title}
          </Title>
          {props.status}
        </Group>
        {props.actions !== undefined && <Group gap="xs">{props.actions}</Group>}
      </Group>
      {props.description !== undefined && (
        <Text c="dimmed" size="sm" maw={760} component="div">
          {props.description}
        </Text>
      )}
    </Stack>
  );
}
