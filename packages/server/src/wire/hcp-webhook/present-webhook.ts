import type { Delivery } from "../../features/deliveries/index.ts";
import type { WebhookView } from "../../features/webhooks/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";

/** The model Webhook. Clients read the seven parts of the name and `config` without asking whether they are there. */
export function presentWebhook({ webhook, lastDelivery }: WebhookView) {
  return {
    resource_id: webhook.id,
    resource_name: `webhook/project/${webhook.projectId}/geo/us/webhook/${webhook.name}`,
    description: webhook.description,
    enabled: webhook.enabled,
    config: { url: webhook.url },
    subscriptions: webhook.subscriptions.map(({ resourceId, events }) => ({
      resource_id: resourceId,
      events: events.map(({ source, action }) => ({ source, action })),
    })),
    ...(lastDelivery === null ? {} : { last_delivery: presentDelivery(lastDelivery) }),
    created_at: toRfc3339(webhook.createdAt),
    updated_at: toRfc3339(webhook.updatedAt),
  };
}

/** The model WebhookDelivery, of the last attempt. The signature is not kept, and so not shown. */
export function presentDelivery(delivery: Delivery) {
  const { responseStatus: status, error } = delivery;
  return {
    id: delivery.id,
    webhook_resource_id: delivery.recipient.id,
    retries: Math.max(0, delivery.attempts - 1),
    request: {
      url: delivery.target,
      headers: { "Content-Type": "application/json", "User-Agent": "Ingot", "X-Ingot-Delivery": delivery.id },
      payload: delivery.message,
      sent_at: toRfc3339(delivery.lastAttemptAt ?? delivery.createdAt),
    },
    // A receiver that did not answer has no status; what happened instead is the only thing to show.
    response:
      status === null
        ? { status_code: 0, headers: {}, body: error ?? "" }
        : {
            status_code: status,
            headers: Object.fromEntries(
              Object.entries(delivery.responseHeaders ?? {}).map(([name, values]) => [name, values.join(", ")]),
            ),
            body: delivery.responseBody ?? "",
          },
  };
}
