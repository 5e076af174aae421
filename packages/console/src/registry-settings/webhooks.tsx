import { ActionIcon, Group, Menu, Switch, Text } from "@mantine/core";
import { IconDots, IconHistory, IconPencil, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ProjectRef } from "../api/types.ts";
import { AddButton } from "../parts/add-button.tsx";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { DataTable } from "../parts/data-table.tsx";
import { NotAllowed, Empty } from "../parts/states.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { notifyDone, notifyFailure } from "../shell/notify.tsx";
import { WebhookDialog } from "./webhook-dialog.tsx";
import { WebhookHistory } from "./webhook-history.tsx";
import { deleteWebhook, enableWebhook, nameOf, webhooksQuery, type Webhook } from "./webhook-queries.ts";
import { describeSubscriptions } from "./webhook-words.ts";

type Asked = { readonly what: "new" } | { readonly what: "edit" | "delete" | "history"; readonly webhook: Webhook };

/** The webhooks of a project, which are told what happens to its versions. */
export function Webhooks({ project }: { readonly project: ProjectRef }) {
  const mayRead = project.permissions.includes("notification:read");
  const mayWrite = project.permissions.includes("notification:write");
  const query = useQuery({ ...webhooksQuery(project.id), enabled: mayRead });
  const queries = useQueryClient();
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);
  return (
    <Panel
      title="Webhooks"
      description={`Programs that are told what happens to the versions of ${project.name}, as HCP tells them.`}
      actions={mayWrite && <AddButton onClick={() => setAsked({ what: "new" })}>New webhook</AddButton>}
      padded={false}
    >
      {mayRead ? (
        <QueryView
          query={query}
          what="The list of webhooks"
          isEmpty={(webhooks) => webhooks.length === 0}
          empty={
            <Empty title="No webhook yet">
              {mayWrite
                ? "Add one for a program that has to know when a version is complete, revoked or promoted."
                : "An administrator of the project can add one."}
            </Empty>
          }
        >
          {(webhooks) => <WebhookTable rows={webhooks} mayWrite={mayWrite} onAsk={setAsked} />}
        </QueryView>
      ) : (
        <NotAllowed permission="notification:read" />
      )}
      {(asked?.what === "new" || asked?.what === "edit") && (
        <WebhookDialog
          projectId={project.id}
          webhook={asked.what === "edit" ? asked.webhook : undefined}
          onClose={close}
        />
      )}
      {asked?.what === "history" && <WebhookHistory webhook={asked.webhook} onClose={close} />}
      <ConfirmDialog
        opened={asked?.what === "delete"}
        onClose={close}
        title="Delete this webhook?"
        confirm="Delete"
        danger
        onConfirm={async () => {
          if (asked?.what !== "delete") return;
          await deleteWebhook(asked.webhook);
          notifyDone("Deleted.");
          await queries.invalidateQueries({ queryKey: ["webhooks"] });
        }}
      >
        {asked?.what === "delete" &&
          `${nameOf(asked.webhook)} is told nothing more, and the history of its deliveries is deleted too.`}
      </ConfirmDialog>
    </Panel>
  );
}

function WebhookTable(props: {
  readonly rows: readonly Webhook[];
  readonly mayWrite: boolean;
  readonly onAsk: (asked: Asked) => void;
}) {
  const { mayWrite, onAsk } = props;
  return (
    <DataTable
      label="Webhooks"
      rows={props.rows}
      rowKey={(webhook) => webhook.resource_id}
      minWidth={640}
      columns={[
        { key: "name", header: "Name", cell: (webhook) => <Names webhook={webhook} /> },
        {
          key: "subscriptions",
          header: "Told of",
          from: "sm",
          cell: ({ subscriptions }) => describeSubscriptions(subscriptions),
        },
        { key: "last", header: "Last message", cell: (webhook) => <LastDelivery webhook={webhook} /> },
        {
          key: "enabled",
          header: "Enabled",
          cell: (webhook) => <EnableSwitch webhook={webhook} mayWrite={mayWrite} />,
        },
        {
          key: "menu",
          header: "Actions",
          cell: (webhook) => <WebhookMenu webhook={webhook} mayWrite={mayWrite} onAsk={onAsk} />,
        },
      ]}
    />
  );
}

function Names({ webhook }: { readonly webhook: Webhook }) {
  return (
    <>
      {nameOf(webhook)}
      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {webhook.config.url}
      </Text>
      {webhook.description !== "" && (
        <Text size="xs" c="dimmed">
          {webhook.description}
        </Text>
      )}
    </>
  );
}

function LastDelivery({ webhook: { last_delivery: last } }: { readonly webhook: Webhook }) {
  if (last === undefined) return <>none yet</>;
  const { status_code: status } = last.response;
  return (
    <Group gap={6} wrap="nowrap">
      <StatusBadge of="delivery" status={status >= 200 && status < 300 ? "delivered" : "failed"} />
      <Text span size="xs" c="dimmed">
        <Time at={last.request.sent_at} />
      </Text>
    </Group>
  );
}

function EnableSwitch({ webhook, mayWrite }: { readonly webhook: Webhook; readonly mayWrite: boolean }) {
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (enabled: boolean) => enableWebhook(webhook, enabled),
    onSuccess: (_done, enabled) => notifyDone(enabled ? "Enabled: the verification was taken." : "Switched off."),
    onError: (error, enabled) =>
      notifyFailure(
        enabled ? "The verification was not taken, so it stays off" : "It could not be switched off",
        error,
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ["webhooks"] }),
  });
  return (
    <Switch
      aria-label={`Enable ${nameOf(webhook)}`}
      checked={webhook.enabled}
      disabled={!mayWrite || change.isPending}
      onChange={(event) => change.mutate(event.currentTarget.checked)}
    />
  );
}

function WebhookMenu(props: {
  readonly webhook: Webhook;
  readonly mayWrite: boolean;
  readonly onAsk: (asked: Asked) => void;
}) {
  const { webhook, onAsk } = props;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${nameOf(webhook)}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconHistory size={16} aria-hidden />}
          onClick={() => onAsk({ what: "history", webhook })}
        >
          What was sent
        </Menu.Item>
        {props.mayWrite && (
          <>
            <Menu.Item
              leftSection={<IconPencil size={16} aria-hidden />}
              onClick={() => onAsk({ what: "edit", webhook })}
            >
              Change
            </Menu.Item>
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={16} aria-hidden />}
              onClick={() => onAsk({ what: "delete", webhook })}
            >
              Delete
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
