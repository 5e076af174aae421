import { Button, Checkbox, Group, Modal, PasswordInput, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Notice } from "../parts/notice.tsx";
import { plural } from "../parts/plural.ts";
import { notifyDone } from "../shell/notify.tsx";
import { changeWebhook, createWebhook, nameOf, type Webhook, type WebhookContent } from "./webhook-queries.ts";
import { actionsIn, othersIn, versionActions, withActions } from "./webhook-words.ts";

/** Makes or changes a webhook. Enabling sends a verification, and is refused with the receiver's answer when it fails. */
export function WebhookDialog(props: {
  readonly projectId: string;
  /** Undefined: a new one. */
  readonly webhook: Webhook | undefined;
  readonly onClose: () => void;
}) {
  const { projectId, webhook, onClose } = props;
  const queries = useQueryClient();
  const [content, setContent] = useState<WebhookContent>(() => contentOf(webhook));
  const set = (change: Partial<WebhookContent>) => setContent((before) => ({ ...before, ...change }));
  const saving = useMutation({
    mutationFn: () => (webhook === undefined ? createWebhook(projectId, content) : changeWebhook(webhook, content)),
    onSuccess() {
      notifyDone(content.enabled ? "Saved. It is enabled." : "Saved. It is switched off.");
      onClose();
    },
    // Also after a refusal: a change can be taken and the new name not.
    onSettled: () => queries.invalidateQueries({ queryKey: ["webhooks"] }),
  });
  const others = othersIn(content.subscriptions);
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={webhook === undefined ? "New webhook" : `Change ${nameOf(webhook)}`}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            description="Letters, digits, _ . and -"
            required
            data-autofocus
            value={content.name}
            onChange={(event) => set({ name: event.currentTarget.value.trim() })}
          />
          <TextInput
            label="Description"
            value={content.description}
            onChange={(event) => set({ description: event.currentTarget.value })}
          />
          <TextInput
            label="Address"
            description="Private and link-local addresses are refused unless the operator allows them."
            type="url"
            required
            placeholder="https://"
            value={content.url}
            onChange={(event) => set({ url: event.currentTarget.value })}
          />
          <PasswordInput
            label="Key"
            description={
              webhook === undefined
                ? "Signs every message: X-HCP-Webhook-Signature is the HMAC-SHA512 of the body. Optional."
                : "It is never shown. Leave empty to keep the one that is set, if any."
            }
            autoComplete="off"
            value={content.hmacKey}
            onChange={(event) => set({ hmacKey: event.currentTarget.value })}
          />
          <Checkbox.Group
            label="About what, in the whole project"
            value={[...actionsIn(content.subscriptions)]}
            onChange={(actions) => set({ subscriptions: withActions(content.subscriptions, actions) })}
          >
            <Stack gap={6} mt={4}>
              {Object.entries(versionActions).map(([action, words]) => (
                <Checkbox key={action} value={action} size="xs" label={words} />
              ))}
            </Stack>
          </Checkbox.Group>
          {others > 0 && (
            <Text size="xs" c="dimmed">
              Beside these it has {plural(others, "subscription")} of single images or other services, which stay as
              they are.
            </Text>
          )}
          <Switch
            label="Enabled"
            description="A verification is sent first whenever it is enabled or leads elsewhere. It is saved only when the receiver takes it."
            checked={content.enabled}
            onChange={(event) => set({ enabled: event.currentTarget.checked })}
          />
          {saving.error !== null && (
            <Notice tone="bad" urgent title="It was not saved" icon={IconAlertTriangle}>
              <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                {saving.error.message}
              </Text>
            </Notice>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Go back
            </Button>
            <Button type="submit" loading={saving.isPending}>
              {content.enabled ? "Verify and save" : "Save"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function contentOf(webhook: Webhook | undefined): WebhookContent {
  if (webhook === undefined) {
    const subscriptions = withActions([], Object.keys(versionActions));
    return { name: "", description: "", enabled: true, url: "", hmacKey: "", subscriptions };
  }
  const { description, enabled, config, subscriptions } = webhook;
  return { name: nameOf(webhook), description, enabled, url: config.url, hmacKey: "", subscriptions };
}
