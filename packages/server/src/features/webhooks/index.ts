export {
  createWebhook,
  deleteWebhook,
  getWebhook,
  listWebhookDeliveries,
  listWebhooks,
  renameWebhook,
  updateWebhook,
  type NewWebhook,
  type WebhookChange,
  type WebhookDeps,
  type WebhookRef,
  type WebhookView,
} from "./edit-webhooks.ts";
export { sendToWebhook } from "./send-to-webhook.ts";
export { tellWebhooks, type TellWebhooksDeps } from "./tell-webhooks.ts";
export type { Subscription, SubscribedEvent, Webhook } from "./webhook.ts";
