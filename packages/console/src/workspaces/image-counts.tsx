import { Group, Text } from "@mantine/core";
import type { ImageUseStatus } from "../api/types.ts";
import { StatusBadge } from "../parts/status-badge.tsx";

const order: readonly ImageUseStatus[] = ["revoked", "scheduled", "behind", "unknown", "untracked", "current"];

/** How many images in use have which status, the worst first. */
export function ImageCounts({ images }: { readonly images: Readonly<Partial<Record<ImageUseStatus, number>>> }) {
  const present = order.filter((status) => (images[status] ?? 0) > 0);
  if (present.length === 0) {
    return (
      <Text span size="sm" c="dimmed">
        none
      </Text>
    );
  }
  return (
    <Group gap={4}>
      {present.map((status) => (
        <StatusBadge key={status} of="image-use" status={status} note={<b>{images[status]}</b>} />
      ))}
    </Group>
  );
}
