import { Box, Button, Group, Skeleton, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconAlertTriangle, IconInbox, IconLock, IconRefresh, IconSearchOff, type Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { isApiError } from "../api/api-error.ts";
import { Identifier } from "./identifier.tsx";

/** While the first answer is on its way. `rows` keeps about the height of what comes. */
export function Loading({ rows = 4, label = "Loading" }: { readonly rows?: number; readonly label?: string }) {
  return (
    <Stack gap="sm" p="md" role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={18} width={row % 3 === 2 ? "60%" : "100%"} />
      ))}
    </Stack>
  );
}

/** There is nothing, and that is no mistake. `children` says what to do next. */
export function Empty(props: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  readonly icon?: Icon;
}) {
  return (
    <State icon={props.icon ?? IconInbox} color="gray" title={props.title} actions={props.actions}>
      {props.children}
    </State>
  );
}

/** Something went wrong; `retry` asks again. Not found, not allowed and no answer are told apart. */
export function Failure(props: { readonly error: unknown; readonly retry?: () => void; readonly what?: string }) {
  const { error, retry, what = "This" } = props;
  if (isApiError(error) && error.status === 403) return <NotAllowed message={error.message} />;
  const requestId = isApiError(error) ? error.requestId : null;
  const missing = isApiError(error) && error.status === 404;
  const message = error instanceof Error ? error.message : String(error);
  return (
    <State
      icon={missing ? IconSearchOff : IconAlertTriangle}
      color={missing ? "gray" : "red"}
      title={missing ? `${what} was not found` : `${what} could not be loaded`}
      role="alert"
      actions={
        retry === undefined ? undefined : (
          <Button variant="default" leftSection={<IconRefresh size={16} aria-hidden />} onClick={retry}>
            Try again
          </Button>
        )
      }
    >
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        {message}
      </Text>
      {missing && (
        <Text size="sm" c="dimmed">
          It may have been deleted, or it belongs to a project you cannot see.
        </Text>
      )}
      {requestId !== null && (
        <Text size="sm" c="dimmed" component="div">
          For the server's log, this is request <Identifier value={requestId} />
        </Text>
      )}
    </State>
  );
}

/** The credential may not see this. `permission` is the word of the permission table, when it is known. */
export function NotAllowed({ permission, message }: { readonly permission?: string; readonly message?: string }) {
  return (
    <State icon={IconLock} color="yellow" title="You may not see this" role="alert">
      <Text size="sm">
        {permission === undefined
          ? (message ?? "Your credential does not have the permission this needs.")
          : `This needs the permission ${permission}, which your role does not have.`}
      </Text>
      <Text size="sm" c="dimmed">
        Ask an administrator of the organization for a role that has it, then sign in again.
      </Text>
    </State>
  );
}

function State(props: {
  readonly icon: Icon;
  readonly color: string;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  readonly role?: "alert";
}) {
  return (
    <Box px="md" py="xl" {...(props.role === undefined ? {} : { role: props.role })}>
      <Stack align="center" gap="xs" maw={560} mx="auto" ta="center">
        <ThemeIcon variant="light" color={props.color} size={44} radius="xl" aria-hidden>
          <props.icon size={24} />
        </ThemeIcon>
        <Text fw={600} size="md">
          {props.title}
        </Text>
        {typeof props.children === "string" ? (
          <Text size="sm" c="dimmed">
            {props.children}
          </Text>
        ) : (
          props.children
        )}
        {props.actions !== undefined && <Group mt="xs">{props.actions}</Group>}
      </Stack>
    </Box>
  );
}
