import type { Sealer } from "../../platform/sealing.ts";
import type { Attempt, Delivery } from "../deliveries/index.ts";
import type { Message } from "./message.ts";
import { findConfiguration } from "./notification-configuration-store.ts";
import { sendMessage, type SendDeps } from "./send-message.ts";

const disabled: Attempt = {
  delivered: false,
  responseStatus: null,
  responseHeaders: null,
  responseBody: null,
  error: "The notification configuration was disabled before this was delivered.",
  worthRetrying: false,
};

/** Makes one attempt to deliver to a notification configuration. Undefined when it is gone. */
export async function sendNotification(
  deps: SendDeps & { readonly sealer: Sealer },
  delivery: Delivery,
): Promise<Attempt | undefined> {
  const configuration = await findConfiguration(deps.db, deps.sealer, delivery.recipient.id);
  if (configuration === undefined) return undefined;
  return configuration.enabled ? sendMessage(deps, configuration, delivery.message as Message, delivery.id) : disabled;
}
