import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Version } from "../api/registry-types.ts";
import { Notice } from "../parts/notice.tsx";
import { notifyDone } from "../shell/notify.tsx";
import { usePlace } from "./registry-path.ts";
import { restoreVersion } from "./registry-writes.ts";
import { versionTitle } from "./version-text.ts";

/** Takes a revocation, or a date for one, back. */
export function RestoreDialog({ version, onClose }: { readonly version: Version; readonly onClose: () => void }) {
  const place = usePlace();
  const queries = useQueryClient();
  const { bucket_name: bucket, fingerprint } = version;
  const title = `${bucket} ${versionTitle(version)}`;
  const restoration = useMutation({
    mutationFn: async () => {
      if (place === undefined) throw new Error("No project is chosen.");
      return restoreVersion(place, { bucket, fingerprint });
    },
    async onSuccess() {
      const topics = ["versions", "buckets", "channels", "image-uses", "events", "revocation-preview"];
      await Promise.all(topics.map((topic) => queries.invalidateQueries({ queryKey: [topic] })));
      notifyDone(`${title} may be used again.`);
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={`Restore ${title}`}>
      <Stack>
        <Text size="sm">
          It may be used again, and so may every version that was revoked only because it stands on this one. Channels
          stay where they are: promote it again where it should be offered.
        </Text>
        {version.revocation_message !== "" && (
          <Text size="sm" c="dimmed">
            The reason that was given: {version.revocation_message}
          </Text>
        )}
        {restoration.error !== null && (
          <Notice tone="bad" title="It was not restored" urgent>
            {restoration.error.message}
          </Notice>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={restoration.isPending} onClick={() => restoration.mutate()} data-autofocus>
            Restore
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
