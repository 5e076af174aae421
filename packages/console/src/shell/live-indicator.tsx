import { Group, Text, Tooltip } from "@mantine/core";
import { IconBroadcast, IconPlugConnectedX } from "@tabler/icons-react";
import { useLiveState } from "./live-events.tsx";

export function LiveIndicator() {
  const state = useLiveState();
  if (state === "connecting") return null;
  const live = state === "live";
  return (
    <Tooltip
      label={
        live
          ? "This page follows the server: it renews itself when something happens."
          : "The connection to the server was lost. What you see may be old; it is tried again every few seconds."
      }
    >
      <Group gap={4} wrap="nowrap" role="status" c={live ? "dimmed" : "var(--tone-warn)"}>
        {live ? <IconBroadcast size={16} aria-hidden /> : <IconPlugConnectedX size={16} aria-hidden />}
        <Text size="xs" span>
          {live ? "Live" : "Reconnecting"}
        </Text>
      </Group>
    </Tooltip>
  );
}
