import { Badge, Tooltip } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import type { Channel } from "../api/registry-types.ts";

/** The name of a channel, as it stands beside the version it points at. */
export function ChannelChip({ channel }: { readonly channel: Pick<Channel, "name" | "restricted"> }) {
  const chip = (
    <Badge
      variant="default"
      radius="sm"
      size="md"
      tt="none"
      fw={500}
      // A name that is cut says nothing: the cell grows, or breaks between chips.
      style={{ flexShrink: 0, overflow: "visible" }}
      miw="max-content"
      {...(channel.restricted ? { leftSection: <IconLock size={11} aria-label="restricted" /> } : {})}
    >
      {channel.name}
    </Badge>
  );
  return channel.restricted ? <Tooltip label="Restricted: only some roles may read it">{chip}</Tooltip> : chip;
}
