import { createHmac } from "node:crypto";
import type { Db } from "../../db/database.ts";
import type { OutboundClient } from "../../platform/outbound/index.ts";
import type { Sealer } from "../../platform/sealing.ts";
import { postJson, type Attempt, type Delivery } from "../deliveries/index.ts";
import type { Webhook } from "./webhook.ts";
import { findWebhook } from "./webhook-store.ts";

const disabled: Attempt = {
  delivered: false,
  responseStatus: null,
  responseHeaders: null,
  responseBody: null,
  error: "The webhook was disabled before this was delivered.",
  worthRetrying: false,
};

/** Makes one attempt to deliver to a webhook. Undefined when it is gone. */
export async function sendToWebhook(
  deps: { readonly db: Db; readonly sealer: Sealer; readonly outbound: OutboundClient },
  delivery: Delivery,
): Promise<Attempt | undefined> {
  const webhook = await findWebhook(deps.db, deps.sealer, delivery.recipient.id);
  if (webhook === undefined) return undefined;
  return webhook.enabled ? callWebhook(deps, webhook, delivery) : disabled;
}

/**
 * Posts the message. With a key, its HMAC-SHA512 in hexadecimal goes along as `X-HCP-Webhook-Signature`. Source: HCP,
 * webhooks: verifying a request.
 */
export function callWebhook(
  deps: { readonly outbound: OutboundClient },
  webhook: Pick<Webhook, "url" | "hmacKey">,
  delivery: Delivery,
): Promise<Attempt> {
  const body = JSON.stringify(delivery.message);
  return postJson(deps.outbound, {
    url: webhook.url,
    headers: {
      "x-ingot-delivery": delivery.id,
      ...(webhook.hmacKey === null
        ? {}
        : { "x-hcp-webhook-signature": createHmac("sha512", webhook.hmacKey).update(body).digest("hex") }),
    },
    body,
  });
}
