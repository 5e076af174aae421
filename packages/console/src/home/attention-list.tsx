import { Box, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";

export function AttentionList({ more, children }: { readonly more: boolean; readonly children: ReactNode }) {
  return (
    <Box>
      <Box component="ul" m={0} p={0} style={{ listStyle: "none" }}>
        {children}
      </Box>
      {more && (
        <Text size="xs" c="dimmed" px="md" py="xs">
          There are more.
        </Text>
      )}
    </Box>
  );
}

export function AttentionItem(props: {
  readonly badge: ReactNode;
  readonly aside: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <Group
      component="li"
      px="md"
      py={8}
      gap="sm"
      wrap="nowrap"
      align="flex-start"
      style={{ borderBottom: "1px solid var(--surface-line)" }}
    >
      <Box style={{ flex: "none" }}>{props.badge}</Box>
      <Box style={{ flex: 1, minWidth: 0, overflowWrap: "anywhere" }}>{props.children}</Box>
      <Text size="xs" c="dimmed" component="div" style={{ flex: "none" }}>
        {props.aside}
      </Text>
    </Group>
  );
}
