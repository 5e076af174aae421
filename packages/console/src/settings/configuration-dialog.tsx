import {
  Button,
  Checkbox,
  Group,
  Modal,
  PasswordInput,
  Select,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
} from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Notice } from "../parts/notice.tsx";
import type { WorkspaceRef } from "../api/types.ts";
import { notifyDone } from "../shell/notify.tsx";
import {
  changeConfiguration,
  createConfiguration,
  type ConfigurationInput,
  type Destination,
  type NotificationConfiguration,
} from "./notification-queries.ts";
import { firstTriggers, groupTriggers, wordsOfTrigger } from "./trigger-words.ts";

const destinations: readonly { readonly value: Destination; readonly label: string }[] = [
  { value: "webhook", label: "Webhook" },
  { value: "email", label: "E-mail" },
  { value: "slack", label: "Slack" },
  { value: "microsoft-teams", label: "Microsoft Teams" },
];

interface FormValues {
  name: string;
  destination: Destination;
  url: string;
  token: string;
  addresses: string[];
  triggers: string[];
  enabled: boolean;
}

/** Makes or changes who is told of what. Enabling sends a test, and is refused with the receiver's answer when it fails. */
export function ConfigurationDialog(props: {
  readonly onClose: () => void;
  /** Undefined: a new one. */
  readonly configuration: NotificationConfiguration | undefined;
  /** Null: everything of the organization. */
  readonly workspace: WorkspaceRef | null;
  readonly triggers: readonly string[];
  readonly canSendEmail: boolean;
}) {
  const { configuration, workspace } = props;
  const queries = useQueryClient();
  const [values, setValues] = useState<FormValues>(() => valuesOf(configuration));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const set = <Key extends keyof FormValues>(key: Key, value: FormValues[Key]) =>
    setValues((before) => ({ ...before, [key]: value }));

  async function save(): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      const input = inputOf(values, configuration);
      if (configuration === undefined) await createConfiguration(values.destination, workspace?.id ?? null, input);
      else await changeConfiguration(configuration.id, input);
      await queries.invalidateQueries({ queryKey: ["notifications"] });
      notifyDone(values.enabled ? "Saved. The test message was taken." : "Saved. It is switched off.");
      props.onClose();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  }

  const isEmail = values.destination === "email";
  return (
    <Modal
      opened
      onClose={props.onClose}
      size="lg"
      title={configuration === undefined ? titleOf(workspace) : `Change ${configuration.name}`}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            required
            data-autofocus
            value={values.name}
            onChange={(event) => set("name", event.currentTarget.value)}
          />
          <Select
            label="Where to"
            data={destinations.map((destination) => ({
              ...destination,
              disabled: destination.value === "email" && !props.canSendEmail,
            }))}
            value={values.destination}
            allowDeselect={false}
            disabled={configuration !== undefined}
            {...(configuration === undefined ? {} : { description: "Fixed when it was made." })}
            onChange={(value) => set("destination", value ?? "webhook")}
          />
          {!props.canSendEmail && (
            <Text size="xs" c="dimmed">
              E-mail needs a mail server in the settings of the server.
            </Text>
          )}
          {isEmail ? (
            <TagsInput
              label="Addresses"
              description="Type an address and press Enter."
              value={values.addresses}
              onChange={(addresses) => set("addresses", addresses)}
            />
          ) : (
            <TextInput
              label="Address"
              description="Private and link-local addresses are refused unless the operator allows them."
              type="url"
              required
              placeholder="https://"
              value={values.url}
              onChange={(event) => set("url", event.currentTarget.value)}
            />
          )}
          {values.destination === "webhook" && (
            <PasswordInput
              label="Token"
              description={
                configuration?.has_token === true
                  ? "Messages are signed with the token that is set. Leave empty to keep it."
                  : "Signs every message: X-TFE-Notification-Signature is the HMAC-SHA512 of the body. Optional."
              }
              autoComplete="off"
              value={values.token}
              onChange={(event) => set("token", event.currentTarget.value)}
            />
          )}
          <Triggers all={props.triggers} chosen={values.triggers} onChange={(chosen) => set("triggers", chosen)} />
          <Switch
            label="Enabled"
            description="Sends a test message at once. It is saved only when the receiver takes it."
            checked={values.enabled}
            onChange={(event) => set("enabled", event.currentTarget.checked)}
          />
          {problem !== undefined && (
            <Notice tone="bad" urgent title="It was not saved" icon={IconAlertTriangle}>
              <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                {problem}
              </Text>
            </Notice>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={props.onClose}>
              Go back
            </Button>
            <Button type="submit" loading={busy}>
              {values.enabled ? "Test and save" : "Save"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function titleOf(workspace: WorkspaceRef | null): string {
  return workspace === null ? "Tell somebody about the organization" : `Tell somebody about ${workspace.name}`;
}

function Triggers(props: {
  readonly all: readonly string[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: string[]) => void;
}) {
  return (
    <Checkbox.Group label="About what" value={[...props.chosen]} onChange={props.onChange}>
      <Stack gap="xs" mt={4}>
        {groupTriggers(props.all).map(([group, triggers]) => (
          <div key={group} role="group" aria-label={group}>
            <Text size="xs" c="dimmed" mb={4}>
              {group}
            </Text>
            <Group gap="xs">
              {triggers.map((trigger) => (
                <Checkbox key={trigger} value={trigger} size="xs" label={wordsOfTrigger(trigger).label} mr="sm" />
              ))}
            </Group>
          </div>
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

function valuesOf(configuration: NotificationConfiguration | undefined): FormValues {
  if (configuration === undefined) {
    return {
      name: "",
      destination: "webhook",
      url: "",
      token: "",
      addresses: [],
      triggers: [...firstTriggers],
      enabled: true,
    };
  }
  return {
    name: configuration.name,
    destination: configuration.destination,
    url: configuration.url ?? "",
    token: "",
    addresses: [...configuration.email_addresses],
    triggers: [...configuration.triggers],
    enabled: configuration.enabled,
  };
}

/** A token is sent only when one was typed: an empty field keeps what is set. */
function inputOf(values: FormValues, configuration: NotificationConfiguration | undefined): ConfigurationInput {
  const isEmail = values.destination === "email";
  return {
    name: values.name.trim(),
    triggers: values.triggers,
    enabled: values.enabled,
    ...(isEmail
      ? { email_addresses: values.addresses }
      : values.url.trim() === "" && configuration !== undefined
        ? {}
        : { url: values.url.trim() }),
    ...(values.destination === "webhook" && values.token !== "" ? { token: values.token } : {}),
  };
}
