import { infiniteQueryOptions, queryOptions, skipToken } from "@tanstack/react-query";
import { callApi } from "../api/client.ts";
import type { Pagination } from "../api/registry-types.ts";

/** One kind of event that a webhook asks for; the action `*` stands for all of the source. */
export interface SubscribedEvent {
  readonly source: string;
  readonly action: string;
}

export interface Subscription {
  /** Empty: everything of the project. Otherwise the id of a registry or of a bucket. */
  readonly resource_id: string;
  readonly events: readonly SubscribedEvent[];
}

/** What the webhook service (/2023-05-31) answers, as far as the console reads it. */
export interface Webhook {
  readonly resource_id: string;
  /** `webhook/project/<id>/geo/us/webhook/<name>`. */
  readonly resource_name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly config: { readonly url: string };
  readonly subscriptions: readonly Subscription[];
  readonly last_delivery?: WebhookDelivery;
}

/** The last attempt of a delivery. */
export interface WebhookDelivery {
  readonly id: string;
  readonly retries: number;
  readonly request: {
    readonly url: string;
    readonly payload: { readonly event_action?: string; readonly event_description?: string };
    readonly sent_at: string;
  };
  /** The status is 0 when the receiver did not answer; the body says what happened instead. */
  readonly response: { readonly status_code: number; readonly body: string };
}

export interface WebhookContent {
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly url: string;
  /** Empty: none for a new one, and as it was for one that is changed. */
  readonly hmacKey: string;
  readonly subscriptions: readonly Subscription[];
}

export function nameOf(webhook: Pick<Webhook, "resource_name">): string {
  return webhook.resource_name.slice(webhook.resource_name.lastIndexOf("/") + 1);
}

/** Every webhook of a project, by name: their number is bounded. */
export function webhooksQuery(projectId: string | undefined) {
  return queryOptions({
    queryKey: ["webhooks", projectId, "list"],
    queryFn:
      projectId === undefined
        ? skipToken
        : async ({ signal }) =>
            (await callApi<{ webhooks: readonly Webhook[] }>(collectionPath(projectId), { signal })).webhooks,
  });
}

/** What was sent, newest first, twenty at a time. */
export function webhookDeliveriesQuery(webhook: Webhook) {
  return infiniteQueryOptions({
    queryKey: ["webhooks", "deliveries", webhook.resource_id],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      callApi<{ deliveries: readonly WebhookDelivery[]; pagination: Pagination }>(`${pathOf(webhook)}/deliveries`, {
        query: { "pagination.page_size": 20, "pagination.next_page_token": pageParam },
        signal,
      }),
    getNextPageParam: ({ pagination }) => pagination.next_page_token || undefined,
  });
}

/** One that is enabled is tried out first, and not made when its receiver does not take the verification. */
export async function createWebhook(projectId: string, content: WebhookContent): Promise<void> {
  const { name, description, enabled, url, hmacKey, subscriptions } = content;
  await callApi(collectionPath(projectId), {
    method: "POST",
    body: {
      name,
      description,
      enabled,
      config: { url, ...(hmacKey === "" ? {} : { hmac_key: hmacKey }) },
      subscriptions,
    },
  });
}

/** Renames last: until then the webhook is found under the name it had. */
export async function changeWebhook(webhook: Webhook, content: WebhookContent): Promise<void> {
  const { name, description, enabled, url, hmacKey, subscriptions } = content;
  const mask = ["description", "enabled", "subscriptions", "config.url", ...(hmacKey === "" ? [] : ["config.hmacKey"])];
  await callApi(pathOf(webhook), {
    method: "PATCH",
    body: {
      update_mask: mask.join(","),
      webhook: { description, enabled, subscriptions, config: { url, hmac_key: hmacKey } },
    },
  });
  if (name !== nameOf(webhook)) await callApi(`${pathOf(webhook)}/name`, { method: "PATCH", body: { name } });
}

export async function enableWebhook(webhook: Webhook, enabled: boolean): Promise<void> {
  await callApi(pathOf(webhook), { method: "PATCH", body: { update_mask: "enabled", webhook: { enabled } } });
}

export async function deleteWebhook(webhook: Webhook): Promise<void> {
  await callApi(pathOf(webhook), { method: "DELETE" });
}

function collectionPath(projectId: string): string {
  return `/2023-05-31/webhook/project/${projectId}/webhooks`;
}

function pathOf(webhook: Webhook): string {
  return `/2023-05-31/${webhook.resource_name}`;
}
