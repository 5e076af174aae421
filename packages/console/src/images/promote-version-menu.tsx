import { Button, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { Channel, Version } from "../api/registry-types.ts";
import { Guarded } from "../session/guarded.tsx";
import { PromoteDialog } from "./promote-dialog.tsx";
import { usePlace } from "./registry-path.ts";
import { channelsQuery } from "./registry-queries.ts";
import { versionTitle } from "./version-text.ts";

/** Promotes this version to a channel that is chosen first. */
export function PromoteVersionMenu({ version, icon }: { readonly version: Version; readonly icon: ReactNode }) {
  const navigate = useNavigate();
  const channels = useQuery(channelsQuery(usePlace(), version.bucket_name));
  const [chosen, setChosen] = useState<Channel>();
  const movable = channels.data?.filter((channel) => !channel.managed) ?? [];
  return (
    <>
      <Guarded permission="channel:write">
        {(disabled) => (
          <Menu position="bottom-end" withinPortal>
            <Menu.Target>
              <Button
                variant="default"
                disabled={disabled}
                leftSection={icon}
                rightSection={<IconChevronDown size={14} aria-hidden />}
              >
                Promote
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>Let a channel point at {versionTitle(version)}</Menu.Label>
              {channels.data !== undefined && movable.length === 0 && (
                <Menu.Item
                  onClick={() =>
                    void navigate({
                      to: "/images/$bucket",
                      params: { bucket: version.bucket_name },
                      search: { tab: "channels" },
                    })
                  }
                >
                  There is no channel to move yet: make one
                </Menu.Item>
              )}
              {movable.map((channel) => (
                <Menu.Item
                  key={channel.id}
                  disabled={channel.version?.id === version.id}
                  onClick={() => setChosen(channel)}
                >
                  {channel.name}
                  {channel.version?.id === version.id
                    ? " (is there)"
                    : channel.version && ` (now ${versionTitle(channel.version)})`}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </Guarded>
      {chosen !== undefined && (
        <PromoteDialog
          bucket={version.bucket_name}
          channel={chosen}
          fingerprint={version.fingerprint}
          onClose={() => setChosen(undefined)}
        />
      )}
    </>
  );
}
