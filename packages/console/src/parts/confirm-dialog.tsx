import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { Notice } from "./notice.tsx";
import { isApiError } from "../api/api-error.ts";

/**
 * Says what will happen and asks. Stays open, with what the server answered, when it is refused. `typed`: a word to be typed
 * before it can be confirmed, for what cannot be taken back.
 */
export function ConfirmDialog(props: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly children: ReactNode;
  readonly confirm: string;
  readonly danger?: boolean;
  readonly typed?: string;
  readonly disabled?: boolean;
  readonly onConfirm: () => Promise<void>;
}) {
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  function close(): void {
    setTyped("");
    setProblem(undefined);
    props.onClose();
  }

  async function run(): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      await props.onConfirm();
      close();
    } catch (error) {
      const requestId = isApiError(error) && error.requestId !== null ? ` (request ${error.requestId})` : "";
      setProblem((error instanceof Error ? error.message : String(error)) + requestId);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Modal opened={props.opened} onClose={close} title={props.title} size="lg" centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <Stack gap="sm">
          {typeof props.children === "string" ? <Text size="sm">{props.children}</Text> : props.children}
          {props.typed !== undefined && (
            <TextInput
              label={`Type ${props.typed} to go on`}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              autoComplete="off"
              spellCheck={false}
            />
          )}
          {problem !== undefined && (
            <Notice tone="bad" urgent icon={IconAlertTriangle}>
              {problem}
            </Notice>
          )}
          <Group justify="flex-end" gap="xs" mt="xs">
            <Button variant="default" onClick={close}>
              Go back
            </Button>
            <Button
              type="submit"
              loading={busy}
              disabled={props.disabled === true || (props.typed !== undefined && typed !== props.typed)}
              {...(props.danger === true ? { color: "red" } : {})}
              data-autofocus
            >
              {props.confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
