import { Button, Group, List, Modal, Select, Skeleton, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Channel, Version } from "../api/registry-types.ts";
import { findStatus } from "../parts/status.ts";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { Notice } from "../parts/notice.tsx";
import { notifyDone } from "../shell/notify.tsx";
import { followersQuery, whatFollowDoes } from "./followers.ts";
import { usePlace } from "./registry-path.ts";
import { versionsQuery } from "./registry-queries.ts";
import { promoteVersion } from "./registry-writes.ts";
import { isPromotable, versionTitle } from "./version-text.ts";

/** Moves a channel to a version that the user chooses, after saying what that does. */
export function PromoteDialog(props: {
  readonly bucket: string;
  readonly channel: Pick<Channel, "name" | "version">;
  /** Chosen from the start. */
  readonly fingerprint?: string;
  readonly onClose: () => void;
}) {
  const { bucket, channel, onClose } = props;
  const place = usePlace();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<string | null>(props.fingerprint ?? null);
  const versions = useInfiniteQuery(versionsQuery(place, bucket));
  const all = versions.data?.pages.flatMap((page) => page.versions) ?? [];
  const version = all.find((candidate) => candidate.fingerprint === chosen);
  const same = chosen !== null && chosen === channel.version?.fingerprint;
  const promotion = useMutation({
    mutationFn: async (fingerprint: string) => {
      if (place === undefined) throw new Error("No project is chosen.");
      return promoteVersion(place, channel.name, { bucket, fingerprint });
    },
    async onSuccess(moved) {
      await Promise.all(
        [["channels"], ["buckets"], ["image-uses"], ["events"]].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      );
      notifyDone(`${channel.name} of ${bucket} points at ${moved.version?.name ?? "nothing"}.`);
      onClose();
    },
  });

  return (
    <Modal opened onClose={onClose} title={`Promote to ${channel.name}`} size="lg">
      <Stack>
        <Text size="sm">
          {channel.version === null
            ? `${channel.name} points at nothing yet.`
            : `${channel.name} points at ${versionTitle(channel.version)} now.`}
        </Text>
        <Select
          label="Version"
          placeholder={versions.isPending ? "Loading the versions…" : "Choose a version"}
          searchable
          openOnFocus={false}
          data-autofocus
          value={chosen}
          onChange={setChosen}
          nothingFoundMessage="No version fits"
          data={all.map((candidate) => ({
            value: candidate.fingerprint,
            label: optionLabel(candidate),
            disabled: !isPromotable(candidate),
          }))}
        />
        {versions.hasNextPage && (
          <Button size="compact-xs" variant="subtle" onClick={() => void versions.fetchNextPage()}>
            Load older versions
          </Button>
        )}
        {version !== undefined && (
          <Group gap="xs">
            <StatusBadge of="version" status={version.status} />
            <Text size="sm" c="dimmed">
              created <Time at={version.created_at} />
            </Text>
          </Group>
        )}
        {version?.status === "VERSION_REVOCATION_SCHEDULED" && (
          <Notice tone="warn" title="It will be revoked">
            Its revocation is scheduled: <Time at={version.revoke_at} />. The channel rolls back then.
          </Notice>
        )}
        <Followers bucket={bucket} channel={channel.name} />
        {promotion.error !== null && (
          <Notice tone="bad" title="The channel was not moved" urgent>
            {promotion.error.message}
          </Notice>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            disabled={chosen === null || same}
            loading={promotion.isPending}
            onClick={() => {
              if (chosen !== null) promotion.mutate(chosen);
            }}
          >
            {same ? "It is there already" : `Promote ${version === undefined ? "" : versionTitle(version)}`}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function optionLabel(version: Version): string {
  const words = isPromotable(version) ? "" : ` (${findStatus("version", version.status).label.toLowerCase()})`;
  return `${versionTitle(version)}${words} · ${version.created_at.slice(0, 10)} · ${version.fingerprint}`;
}

/** Which workspaces run an image of the channel, and what each will do. */
function Followers({ bucket, channel }: { readonly bucket: string; readonly channel: string }) {
  const followers = useQuery(followersQuery(bucket, channel));
  if (followers.isPending) return <Skeleton height={40} />;
  if (followers.data === undefined) {
    return (
      <Text size="sm" c="dimmed">
        Which workspaces follow could not be read: {followers.error?.message}
      </Text>
    );
  }
  if (followers.data.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No workspace runs an image of this channel, so nothing else happens now. Whoever reads the channel later gets
        the version you choose.
      </Text>
    );
  }
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        What happens then
      </Text>
      <List size="sm" spacing={2}>
        {followers.data.map((follower) => (
          <List.Item key={follower.id}>
            <b>{follower.name}</b> {whatFollowDoes(follower.follow)}
          </List.Item>
        ))}
      </List>
    </Stack>
  );
}
