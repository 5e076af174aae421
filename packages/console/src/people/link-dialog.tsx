import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { Notice } from "../parts/notice.tsx";
import { Snippet } from "../parts/snippet.tsx";
import { Time } from "../parts/time.tsx";
import type { Invited } from "./people-queries.ts";

/** The link of an invitation, shown this once. */
export function LinkDialog({ invited, onClose }: { readonly invited: Invited; readonly onClose: () => void }) {
  const { member, link } = invited;
  const mailed = member.invitation !== null && member.invitation.mail_state !== "none";
  return (
    <Modal opened onClose={onClose} title={`${member.email ?? ""} is invited`} size="lg" centered>
      <Stack gap="sm">
        <Notice tone="warn">
          Whoever opens this link first joins as {member.email}. Hand it to that person alone: it is shown this once.
        </Notice>
        <Snippet text={link} label="the link of the invitation" />
        <Text size="sm" c="dimmed" component="div">
          It works once, and ends <Time at={member.invitation?.expires_at} />.{" "}
          {mailed
            ? "A mail with a link of its own goes out too."
            : "This server sends no mail: nobody else tells them."}
        </Text>
        <Group justify="flex-end">
          <Button onClick={onClose} data-autofocus>
            Done
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
