import type { Millis } from "../../platform/clock.ts";
import { newUlid } from "../../platform/ids.ts";
import type { Recipient } from "./recipient.ts";

export type DeliveryState = "pending" | "delivered" | "failed";

/** One message to one recipient, with what became of it. */
export interface Delivery<Message = unknown> {
  /** The receiver sees it in a header, and sees it again when the same message comes again. */
  readonly id: string;
  readonly recipient: Recipient;
  readonly alertId: string | null;
  readonly trigger: string;
  readonly message: Message;
  /** Where it goes, as far as everybody may know. */
  readonly target: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly createdAt: Millis;
  readonly lastAttemptAt: Millis | null;
  readonly nextAttemptAt: Millis | null;
  readonly responseStatus: number | null;
  readonly responseHeaders: Readonly<Record<string, readonly string[]>> | null;
  /** The beginning of it. */
  readonly responseBody: string | null;
  readonly error: string | null;
}

/** How one attempt ended. */
export interface Attempt {
  readonly delivered: boolean;
  readonly responseStatus: number | null;
  readonly responseHeaders: Readonly<Record<string, readonly string[]>> | null;
  readonly responseBody: string | null;
  /** Null when it was delivered. */
  readonly error: string | null;
  /** Another attempt could end otherwise. */
  readonly worthRetrying: boolean;
}

export const attemptsMax = 8;
const firstDelayMs = 30_000;

/**
 * How long to wait after so many attempts: twice as long each time, from half a minute to half an hour, about an hour in
 * all, and up to a fifth more or less so that receivers are not called by all at once. Null: it was the last.
 */
export function retryDelayMs(attempts: number, random: () => number): number | null {
  if (attempts >= attemptsMax) return null;
  return Math.round(firstDelayMs * 2 ** (attempts - 1) * (0.8 + 0.4 * random()));
}

/** A delivery that nobody has tried yet, due at once. */
export function newDelivery<Message>(
  content: Pick<Delivery<Message>, "recipient" | "alertId" | "trigger" | "message" | "target">,
  now: Millis,
): Delivery<Message> {
  return {
    ...content,
    id: newUlid(),
    state: "pending",
    attempts: 0,
    createdAt: now,
    lastAttemptAt: null,
    nextAttemptAt: now,
    responseStatus: null,
    responseHeaders: null,
    responseBody: null,
    error: null,
  };
}

/** The delivery after an attempt. */
export function afterAttempt<Message>(
  delivery: Delivery<Message>,
  attempt: Attempt,
  now: Millis,
  random: () => number,
): Delivery<Message> {
  const attempts = delivery.attempts + 1;
  const delay = attempt.delivered || !attempt.worthRetrying ? null : retryDelayMs(attempts, random);
  const { responseStatus, responseHeaders, responseBody, error } = attempt;
  return {
    ...delivery,
    state: attempt.delivered ? "delivered" : delay === null ? "failed" : "pending",
    attempts,
    lastAttemptAt: now,
    nextAttemptAt: delay === null ? null : now + delay,
    responseStatus,
    responseHeaders,
    responseBody,
    error,
  };
}
