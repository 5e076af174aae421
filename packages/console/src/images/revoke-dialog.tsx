import {
  Button,
  Checkbox,
  Group,
  Modal,
  Radio,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Version } from "../api/registry-types.ts";
import { QueryView } from "../parts/query-view.tsx";
import { Loading } from "../parts/states.tsx";
import { Notice } from "../parts/notice.tsx";
import { notifyDone } from "../shell/notify.tsx";
import { parseDuration } from "./parse-duration.ts";
import { usePlace } from "./registry-path.ts";
import { revocationPreviewQuery } from "./registry-queries.ts";
import { revokeVersion } from "./registry-writes.ts";
import { RevocationPreviewView } from "./revocation-preview-view.tsx";
import { versionTitle } from "./version-text.ts";

const delays = ["1d", "7d", "30d", "90d"];

/** Asks why and when, shows everything that the revocation hits, and revokes. */
export function RevokeDialog({ version, onClose }: { readonly version: Version; readonly onClose: () => void }) {
  const place = usePlace();
  const queries = useQueryClient();
  const { bucket_name: bucket, fingerprint } = version;
  const [reason, setReason] = useState(version.revocation_message);
  const [when, setWhen] = useState<"now" | "later">("now");
  const [delay, setDelay] = useState("7d");
  const [descendants, setDescendants] = useState(true);
  const [rollsBackChannels, setRollsBackChannels] = useState(true);
  const seconds = when === "now" ? 0 : parseDuration(delay);
  const preview = useQuery(revocationPreviewQuery(place, { bucket, fingerprint, descendants }));
  const title = `${bucket} ${versionTitle(version)}`;
  const revocation = useMutation({
    mutationFn: async (inSeconds: number) => {
      if (place === undefined) throw new Error("No project is chosen.");
      const request = { reason: reason.trim(), inSeconds, descendants, rollsBackChannels };
      return revokeVersion(place, { bucket, fingerprint }, request);
    },
    async onSuccess() {
      const topics = ["versions", "buckets", "channels", "image-uses", "events", "revocation-preview"];
      await Promise.all(topics.map((topic) => queries.invalidateQueries({ queryKey: [topic] })));
      notifyDone(when === "now" ? `${title} is revoked.` : `The revocation of ${title} is scheduled.`);
      onClose();
    },
  });

  return (
    <Modal opened onClose={onClose} title={`Revoke ${title}`} size="xl">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (seconds !== undefined) revocation.mutate(seconds);
        }}
      >
        <Stack>
          <Textarea
            label="Reason"
            description="Everybody who uses the image reads it, in plans and in alerts."
            placeholder="CVE-2026-1234 in openssl"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            maxLength={4096}
            autosize
            minRows={2}
            required
            data-autofocus
          />
          <Radio.Group label="When" value={when} onChange={(value) => setWhen(value === "later" ? "later" : "now")}>
            <Stack gap="xs" mt={6}>
              <Radio value="now" label="Now: it may not be used from this moment" />
              <Radio value="later" label="Later: those who use it have time to move on" />
            </Stack>
          </Radio.Group>
          {when === "later" && (
            <Group align="end" gap="sm">
              <TextInput
                label="In"
                description="Such as 12h, 7d or 1d12h"
                w={180}
                value={delay}
                onChange={(event) => setDelay(event.currentTarget.value)}
                error={seconds === undefined ? "Write numbers with m, h or d." : undefined}
              />
              <SegmentedControl
                size="xs"
                aria-label="Usual times"
                data={delays}
                value={delays.includes(delay) ? delay : ""}
                onChange={setDelay}
              />
            </Group>
          )}
          <Checkbox
            checked={descendants}
            onChange={(event) => setDescendants(event.currentTarget.checked)}
            label="Also revoke everything that was built from it"
          />
          <Checkbox
            checked={rollsBackChannels}
            onChange={(event) => setRollsBackChannels(event.currentTarget.checked)}
            label="Roll channels that point at it back to the version before"
          />
          <QueryView query={preview} what="The preview" loading={<Loading rows={4} label="Looking for what it hits" />}>
            {(found) => <RevocationPreviewView preview={found} rollsBackChannels={rollsBackChannels} />}
          </QueryView>
          {revocation.error !== null && (
            <Notice tone="bad" title="Nothing was revoked" urgent>
              {revocation.error.message}
            </Notice>
          )}
          <Group justify="space-between">
            <Text size="xs" c="dimmed">
              It can be restored later; channels are not moved back then.
            </Text>
            <Group>
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button
                type="submit"
                color="red"
                loading={revocation.isPending}
                disabled={reason.trim() === "" || seconds === undefined}
              >
                {when === "now" ? "Revoke now" : "Schedule the revocation"}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
