import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

/** One kind of event that a webhook asks for. */
export interface SubscribedEvent {
  /** `hashicorp.<service>.<noun>`. Sources that this server has nothing to say about can be asked for. */
  readonly source: string;
  /** `*`: every action of the source. */
  readonly action: string;
}

export interface Subscription {
  /** Empty: everything of the project. Otherwise the id of a registry or of a bucket; whether it exists is not asked. */
  readonly resourceId: string;
  readonly events: readonly SubscribedEvent[];
}

/** An address that is told what happens in a project. Source: HCP webhook service 2023-05-31, Webhook. */
export interface Webhook {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string;
  /** One that is disabled is told nothing. */
  readonly enabled: boolean;
  readonly url: string;
  /** Signs what is sent. Never shown again. */
  readonly hmacKey: string | null;
  readonly subscriptions: readonly Subscription[];
  /** Grows with every change. */
  readonly revision: number;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

const nameCharactersMax = 255;
const descriptionCharactersMax = 1000;
const keyCharactersMax = 4096;
const subscriptionsMax = 50;
const eventsMax = 100;
const resourceIdCharactersMax = 255;

/** Errors: invalid/webhook_*. Source: terraform-provider-hcp, internal/provider/webhook, whose rules these are. */
export function checkWebhook(
  webhook: Pick<Webhook, "name" | "description" | "url" | "hmacKey" | "subscriptions">,
): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(webhook.name) || webhook.name.length > nameCharactersMax) {
    throw invalid(
      "name",
      `The name of a webhook begins with a letter or digit, followed by letters, digits, "_", "." and "-"; at most ${nameCharactersMax} characters.`,
    );
  }
  if (webhook.description.length > descriptionCharactersMax) {
    throw invalid("description", `The description has at most ${descriptionCharactersMax} characters.`);
  }
  if (webhook.url === "") throw invalid("url", "config.url must be the http or https address to call.");
  if (webhook.hmacKey !== null && webhook.hmacKey.length > keyCharactersMax) {
    throw invalid("hmac_key", `config.hmac_key has at most ${keyCharactersMax} characters.`);
  }
  checkSubscriptions(webhook.subscriptions);
}

function checkSubscriptions(subscriptions: readonly Subscription[]): void {
  if (subscriptions.length > subscriptionsMax) {
    throw invalid("subscriptions", `A webhook has at most ${subscriptionsMax} subscriptions.`);
  }
  if (new Set(subscriptions.map(({ resourceId }) => resourceId)).size < subscriptions.length) {
    throw invalid("subscriptions", "A webhook has one subscription for a resource: put its events together.");
  }
  for (const { resourceId, events } of subscriptions) {
    if (resourceId.length > resourceIdCharactersMax) throw invalid("subscriptions", "A resource_id is too long.");
    if (events.length > eventsMax) throw invalid("subscriptions", `A subscription has at most ${eventsMax} events.`);
    checkEvents(events);
  }
}

function checkEvents(events: readonly SubscribedEvent[]): void {
  const actions = new Map<string, Set<string>>();
  for (const { source, action } of events) {
    if (!/^hashicorp(\.[a-z][a-z-]*){2}$/.test(source) || source.length > 100) {
      throw invalid("source", `${show(source)} is not a source of events, such as hashicorp.packer.version.`);
    }
    if (!/^(\*|[a-z][a-z-]{0,99})$/.test(action)) {
      throw invalid("action", `${show(action)} is not an action, such as complete, or * for all of them.`);
    }
    const known = actions.get(source) ?? new Set();
    if (known.has(action)) throw invalid("action", `The action ${action} of ${source} is given twice.`);
    actions.set(source, known.add(action));
  }
  for (const [source, known] of actions) {
    if (known.has("*") && known.size > 1) {
      throw invalid("action", `With the action * of ${source} there can be no other action of it.`);
    }
  }
}

/** Whether the webhook asks for this event of one of these resources. */
export function wants(
  webhook: Pick<Webhook, "subscriptions">,
  event: SubscribedEvent & { readonly resourceIds: readonly string[] },
): boolean {
  return webhook.subscriptions.some(
    ({ resourceId, events }) =>
      (resourceId === "" || event.resourceIds.includes(resourceId)) &&
      events.some(({ source, action }) => source === event.source && (action === "*" || action === event.action)),
  );
}

/** Where deliveries go, without what may be a secret of the receiver's. */
export function targetOf(webhook: Pick<Webhook, "url">): string {
  if (!URL.canParse(webhook.url)) return "";
  const { origin, pathname } = new URL(webhook.url);
  return `${origin}${pathname}`;
}

export function webhookNotFound(name: string): DomainError {
  return new DomainError("not_found", "webhook_not_found", `The webhook with identifier ${name} does not exist.`);
}

function invalid(what: string, message: string): DomainError {
  return new DomainError("invalid", `webhook_${what}`, message);
}

function show(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
