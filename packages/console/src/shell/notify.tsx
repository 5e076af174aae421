import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { isApiError } from "../api/api-error.ts";

/** Says that something the user asked for is done. */
export function notifyDone(message: string): void {
  notifications.show({ message, color: "green", icon: <IconCheck size={18} aria-hidden /> });
}

/** Says that something the user asked for was refused or failed, and that nothing was changed. */
export function notifyFailure(title: string, error: unknown): void {
  const requestId = isApiError(error) && error.requestId !== null ? ` (request ${error.requestId})` : "";
  notifications.show({
    title,
    message: (error instanceof Error ? error.message : String(error)) + requestId,
    color: "red",
    icon: <IconAlertTriangle size={18} aria-hidden />,
    autoClose: 12_000,
  });
}
