import { ActionIcon, Badge, Button, Group, Menu, Modal, Switch, Text } from "@mantine/core";
import { IconBellPlus, IconDots, IconHistory, IconPencil, IconSend, IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { WorkspaceRef } from "../api/types.ts";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { DataTable } from "../parts/data-table.tsx";
import { PageLink } from "../parts/link.tsx";
import { Panel } from "../parts/panel.tsx";
import { plural } from "../parts/plural.ts";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { useMay } from "../session/use-session.ts";
import { notifyDone, notifyFailure } from "../shell/notify.tsx";
import { ConfigurationDialog } from "./configuration-dialog.tsx";
import { DeliveryTable } from "./delivery-table.tsx";
import {
  changeConfiguration,
  configurationsQuery,
  deleteConfiguration,
  deliveriesQuery,
  sendTest,
  type NotificationConfiguration,
} from "./notification-queries.ts";
import { knownTriggers, wordsOfTrigger } from "./trigger-words.ts";

type Asked =
  | { readonly what: "new" }
  | { readonly what: "edit" | "delete" | "history"; readonly configuration: NotificationConfiguration };

/** Who is told of what: of one workspace, or of the organization with all its workspaces. */
export function Configurations({ workspace = null }: { readonly workspace?: WorkspaceRef | null }) {
  const may = useMay();
  const [asked, setAsked] = useState<Asked>();
  const query = useQuery({ ...configurationsQuery(workspace?.id), enabled: may("notification:read") });
  const queries = useQueryClient();
  const mayWrite = may("notification:write");
  const close = () => setAsked(undefined);

  return (
    <Panel
      title="Notifications"
      description={
        workspace === null
          ? "Who is told of what, in the whole organization and in single workspaces."
          : "Who is told of what happens in this workspace, beside those who are told of the whole organization."
      }
      actions={
        mayWrite && (
          <Button
            variant="default"
            leftSection={<IconBellPlus size={16} aria-hidden />}
            onClick={() => setAsked({ what: "new" })}
          >
            Add
          </Button>
        )
      }
      padded={false}
    >
      <QueryView
        query={query}
        needs="notification:read"
        what="The notifications"
        isEmpty={(list) => list.notification_configurations.length === 0}
        empty={
          <Empty title="Nobody is told">
            {mayWrite
              ? "Add a webhook, an e-mail address or a chat, and choose what it is told of."
              : "An administrator can add webhooks, e-mail addresses and chats."}
          </Empty>
        }
      >
        {(list) => (
          <ConfigurationTable
            rows={list.notification_configurations}
            withScope={workspace === null}
            mayWrite={mayWrite}
            onAsk={setAsked}
          />
        )}
      </QueryView>
      {(asked?.what === "new" || asked?.what === "edit") && (
        <ConfigurationDialog
          onClose={close}
          configuration={asked.what === "edit" ? asked.configuration : undefined}
          workspace={workspace}
          triggers={query.data?.triggers ?? knownTriggers}
          canSendEmail={query.data?.can_send_email ?? true}
        />
      )}
      {asked?.what === "history" && <HistoryDialog configuration={asked.configuration} onClose={close} />}
      <ConfirmDialog
        opened={asked?.what === "delete"}
        onClose={close}
        title="Delete this notification?"
        confirm="Delete"
        danger
        onConfirm={async () => {
          if (asked?.what !== "delete") return;
          await deleteConfiguration(asked.configuration.id);
          notifyDone("Deleted.");
          await queries.invalidateQueries({ queryKey: ["notifications"] });
        }}
      >
        {asked?.what === "delete" &&
          `${asked.configuration.name} is told nothing more, and the history of its deliveries is deleted too.`}
      </ConfirmDialog>
    </Panel>
  );
}

const destinationLabels: Readonly<Record<NotificationConfiguration["destination"], string>> = {
  webhook: "Webhook",
  email: "E-mail",
  slack: "Slack",
  "microsoft-teams": "Microsoft Teams",
};

function ConfigurationTable(props: {
  readonly rows: readonly NotificationConfiguration[];
  readonly withScope: boolean;
  readonly mayWrite: boolean;
  readonly onAsk: (asked: Asked) => void;
}) {
  const { mayWrite, onAsk } = props;
  return (
    <DataTable
      label="Notifications"
      rows={props.rows}
      rowKey={(configuration) => configuration.id}
      minWidth={680}
      columns={[
        {
          key: "name",
          header: "Name",
          cell: (configuration) => (
            <>
              {configuration.name}
              <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                {destinationLabels[configuration.destination]} · {targetOf(configuration)}
                {configuration.has_token && " · signed"}
              </Text>
            </>
          ),
        },
        ...(props.withScope
          ? [
              {
                key: "scope",
                header: "About",
                cell: ({ workspace }: NotificationConfiguration) =>
                  workspace === null ? (
                    "the organization"
                  ) : (
                    <PageLink
                      to="/workspaces/$workspaceId"
                      params={{ workspaceId: workspace.id }}
                      search={{ tab: "settings", section: "notifications" }}
                    >
                      {workspace.name}
                    </PageLink>
                  ),
              },
            ]
          : []),
        {
          key: "triggers",
          header: "Told of",
          cell: (configuration) => <TriggerBadges triggers={configuration.triggers} />,
        },
        {
          key: "last",
          header: "Last message",
          cell: ({ last_delivery: last }) =>
            last == null ? (
              "none yet"
            ) : (
              <Group gap={6} wrap="nowrap">
                <StatusBadge of="delivery" status={last.state} />
                <Text span size="xs" c="dimmed">
                  <Time at={last.last_attempt_at ?? last.created_at} />
                </Text>
              </Group>
            ),
        },
        {
          key: "enabled",
          header: "Enabled",
          cell: (configuration) => <EnableSwitch configuration={configuration} mayWrite={mayWrite} />,
        },
        {
          key: "menu",
          header: "Actions",
          cell: (configuration) => (
            <ConfigurationMenu configuration={configuration} mayWrite={mayWrite} onAsk={onAsk} />
          ),
        },
      ]}
    />
  );
}

function targetOf(configuration: NotificationConfiguration): string {
  if (configuration.destination === "email" && configuration.email_addresses.length > 0) {
    const [first, ...rest] = configuration.email_addresses;
    return rest.length === 0 ? (first ?? "") : `${first ?? ""} and ${String(rest.length)} more`;
  }
  return configuration.target ?? configuration.url ?? "";
}

const badgesShown = 3;

function TriggerBadges({ triggers }: { readonly triggers: readonly string[] }) {
  if (triggers.length === 0) return <>nothing</>;
  const rest = triggers.length - badgesShown;
  return (
    <Group gap={4}>
      {triggers.slice(0, badgesShown).map((trigger) => (
        <Badge key={trigger} variant="default" tt="none" fw={500} size="sm">
          {wordsOfTrigger(trigger).label}
        </Badge>
      ))}
      {rest > 0 && (
        <Text span size="xs" c="dimmed">
          and {plural(rest, "more thing")}
        </Text>
      )}
    </Group>
  );
}

function EnableSwitch(props: { readonly configuration: NotificationConfiguration; readonly mayWrite: boolean }) {
  const { configuration } = props;
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  async function change(enabled: boolean): Promise<void> {
    setBusy(true);
    try {
      await changeConfiguration(configuration.id, { enabled });
      notifyDone(enabled ? "Enabled: the test message was taken." : "Switched off.");
    } catch (error) {
      notifyFailure(enabled ? "The test was not taken, so it stays off" : "It could not be switched off", error);
    } finally {
      setBusy(false);
      await queries.invalidateQueries({ queryKey: ["notifications"] });
    }
  }
  return (
    <Switch
      aria-label={`Enable ${configuration.name}`}
      checked={configuration.enabled}
      disabled={!props.mayWrite || busy}
      onChange={(event) => void change(event.currentTarget.checked)}
    />
  );
}

function ConfigurationMenu(props: {
  readonly configuration: NotificationConfiguration;
  readonly mayWrite: boolean;
  readonly onAsk: (asked: Asked) => void;
}) {
  const { configuration, onAsk } = props;
  const queries = useQueryClient();
  async function test(): Promise<void> {
    try {
      await sendTest(configuration.id);
      notifyDone(`${configuration.name} took the test message.`);
    } catch (error) {
      notifyFailure(`${configuration.name} did not take the test message`, error);
    } finally {
      await queries.invalidateQueries({ queryKey: ["notifications"] });
    }
  }
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${configuration.name}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconHistory size={16} aria-hidden />}
          onClick={() => onAsk({ what: "history", configuration })}
        >
          What was sent
        </Menu.Item>
        {props.mayWrite && (
          <>
            <Menu.Item leftSection={<IconSend size={16} aria-hidden />} onClick={() => void test()}>
              Send a test
            </Menu.Item>
            <Menu.Item
              leftSection={<IconPencil size={16} aria-hidden />}
              onClick={() => onAsk({ what: "edit", configuration })}
            >
              Change
            </Menu.Item>
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={16} aria-hidden />}
              onClick={() => onAsk({ what: "delete", configuration })}
            >
              Delete
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function HistoryDialog(props: { readonly configuration: NotificationConfiguration; readonly onClose: () => void }) {
  const { configuration } = props;
  const query = useQuery(deliveriesQuery(configuration.id));
  return (
    <Modal opened onClose={props.onClose} size="xl" title={`What was sent to ${configuration.name}`}>
      <QueryView
        query={query}
        what="The history"
        isEmpty={(deliveries) => deliveries.length === 0}
        empty={<Empty title="Nothing was sent yet" />}
      >
        {(deliveries) => <DeliveryTable deliveries={deliveries} label="Deliveries" />}
      </QueryView>
    </Modal>
  );
}
