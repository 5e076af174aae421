export { attemptDelivery, type AttemptDeps } from "./attempt-delivery.ts";
export { afterAttempt, newDelivery, type Attempt, type Delivery, type DeliveryState } from "./delivery.ts";
export {
  deleteDeliveriesBefore,
  insertDelivery,
  listDeliveries,
  listLastAttempts,
  pageDeliveries,
  type DeliveryFilter,
} from "./delivery-store.ts";
export { deliverJob, queueDelivery, type Deliver } from "./queue-delivery.ts";
export { failedAttempt, postJson } from "./post-json.ts";
export type { Recipient } from "./recipient.ts";
