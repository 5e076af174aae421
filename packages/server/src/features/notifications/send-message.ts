import { createHmac } from "node:crypto";
import type { Db } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Mailer } from "../../platform/mailer.ts";
import type { OutboundClient } from "../../platform/outbound/index.ts";
import { findMembershipOf } from "../memberships/index.ts";
import { findPrincipal } from "../principals/index.ts";
import { failedAttempt, postJson, type Attempt } from "../deliveries/index.ts";
import type { Message } from "./message.ts";
import type { NotificationConfiguration } from "./notification-configuration.ts";
import { emailContent, slackBody, teamsBody } from "./render-message.ts";

export interface SendDeps {
  readonly db: Db;
  readonly outbound: OutboundClient;
  /** Undefined: the operator has not said how this server sends e-mail. */
  readonly mailer: Mailer | undefined;
}

/**
 * Makes one attempt to deliver. Never throws for what the receiver does. A generic webhook gets the message's payload; with a
 * token its HMAC-SHA512 in hexadecimal as `X-TFE-Notification-Signature`. Source: HCP Terraform API, notification
 * authenticity.
 */
export async function sendMessage(
  deps: SendDeps,
  configuration: NotificationConfiguration,
  message: Message,
  deliveryId: string,
): Promise<Attempt> {
  return configuration.destination === "email"
    ? sendEmail(deps, configuration, message, deliveryId)
    : callWebhook(deps, configuration, message, deliveryId);
}

async function callWebhook(
  deps: SendDeps,
  configuration: NotificationConfiguration,
  message: Message,
  deliveryId: string,
): Promise<Attempt> {
  const { destination, token, url } = configuration;
  const body = JSON.stringify(bodyFor(destination, message));
  const isGeneric = destination === "webhook";
  return postJson(deps.outbound, {
    url: url ?? "",
    headers: {
      ...(isGeneric ? { "x-ingot-delivery": deliveryId, "x-ingot-trigger": message.trigger } : {}),
      ...(isGeneric && token !== null
        ? { "x-tfe-notification-signature": createHmac("sha512", token).update(body).digest("hex") }
        : {}),
    },
    body,
  });
}

function bodyFor(destination: NotificationConfiguration["destination"], message: Message): object {
  switch (destination) {
    case "slack":
      return slackBody(message);
    case "microsoft-teams":
      return teamsBody(message);
    default:
      return message.payload;
  }
}

async function sendEmail(
  deps: SendDeps,
  configuration: NotificationConfiguration,
  message: Message,
  deliveryId: string,
): Promise<Attempt> {
  try {
    if (deps.mailer === undefined) throw noMailer();
    const to = await emailAddressesOf(deps.db, configuration);
    if (to.length === 0) {
      throw new DomainError("invalid", "notification_addresses", "There is nobody to send e-mail to.");
    }
    const { refused } = await deps.mailer.send({ to, id: deliveryId, ...emailContent(message) });
    const error = refused.length === 0 ? null : `The mail server refused ${refused.join(", ")}.`;
    return {
      delivered: true,
      responseStatus: null,
      responseHeaders: null,
      responseBody: null,
      error,
      worthRetrying: false,
    };
  } catch (error) {
    return failedAttempt(error);
  }
}

/**
 * The addresses that were typed in, and those of the accounts of the people who were chosen and are in the organization:
 * one who has not accepted yet, or has left, is told nothing.
 */
export async function emailAddressesOf(db: Db, configuration: NotificationConfiguration): Promise<string[]> {
  const addresses = new Set(configuration.emailAddresses);
  for (const id of configuration.userIds) {
    const person = await findPrincipal(db, id);
    const member = await findMembershipOf(db, configuration.organizationId, id);
    if (member?.status === "active" && person?.email != null) addresses.add(person.email);
  }
  return [...addresses];
}

export function noMailer(): DomainError {
  return new DomainError(
    "invalid",
    "no_mail_server",
    "This server sends no e-mail. Its operator can change that with the settings smtp-url and mail-from.",
  );
}
