import { Type, type Static } from "typebox";
import type { Delivery } from "../../features/deliveries/index.ts";
import type { Message } from "../../features/notifications/index.ts";
import { toRfc3339, toRfc3339OrNull } from "../../platform/clock.ts";
import { Nullable, Time } from "./list-query.ts";

export const DeliverySchema = Type.Object({
  id: Type.String({ description: "what a webhook gets as the header X-Ingot-Delivery, the same with every attempt" }),
  configuration_id: Type.String(),
  trigger: Type.String(),
  title: Type.String({ description: "what was told, in one line" }),
  state: Type.Enum(["pending", "delivered", "failed"], { description: "pending: another attempt follows" }),
  attempts: Type.Integer(),
  created_at: Time,
  last_attempt_at: Nullable(Time),
  next_attempt_at: Nullable(Time),
  response_status: Nullable(Type.Integer()),
  response_body: Nullable(Type.String({ description: "the beginning of what the receiver answered last" })),
  error: Nullable(Type.String()),
  target: Type.String({ description: "the host, or how many e-mail addresses" }),
});
export type DeliveryView = Static<typeof DeliverySchema>;

export function presentDelivery(delivery: Delivery): DeliveryView {
  return {
    id: delivery.id,
    configuration_id: delivery.recipient.id,
    trigger: delivery.trigger,
    title: (delivery.message as Message).title,
    state: delivery.state,
    attempts: delivery.attempts,
    created_at: toRfc3339(delivery.createdAt),
    last_attempt_at: toRfc3339OrNull(delivery.lastAttemptAt),
    next_attempt_at: toRfc3339OrNull(delivery.nextAttemptAt),
    response_status: delivery.responseStatus,
    response_body: delivery.responseBody,
    error: delivery.error,
    target: delivery.target,
  };
}
