import { isUniqueViolation, type Db } from "../../db/database.ts";
import type { Clock, Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { newUlid } from "../../platform/ids.ts";
import type { KeysetItems, KeysetPage } from "../../platform/keyset.ts";
import type { OutboundClient } from "../../platform/outbound/index.ts";
import type { Sealer } from "../../platform/sealing.ts";
import type { Actor, Place } from "../access/index.ts";
import { getProjectOf } from "../buckets/index.ts";
import { inProject } from "../projects/index.ts";
import {
  afterAttempt,
  insertDelivery,
  listLastAttempts,
  newDelivery,
  pageDeliveries,
  type Delivery,
} from "../deliveries/index.ts";
import { verificationEnvelope } from "./envelope.ts";
import { callWebhook } from "./send-to-webhook.ts";
import { checkWebhook, targetOf, webhookNotFound, type Webhook } from "./webhook.ts";
import {
  countWebhooks,
  deleteWebhookRow,
  findNamedWebhook,
  insertWebhook,
  listWebhookRows,
  updateWebhookRow,
  type WebhookSorting,
} from "./webhook-store.ts";

export interface WebhookDeps {
  readonly db: Db;
  readonly sealer: Sealer;
  readonly now: Clock;
  readonly outbound: OutboundClient;
}

export interface WebhookRef extends Place {
  readonly name: string;
}

/** A webhook with the newest delivery that was tried. */
export interface WebhookView {
  readonly webhook: Webhook;
  readonly lastDelivery: Delivery | null;
}

type Content = Pick<Webhook, "description" | "url" | "hmacKey" | "subscriptions">;

export interface NewWebhook extends Content {
  readonly name: string;
  /** Undefined: enabled when its receiver takes the verification, and disabled when not. */
  readonly enabled: boolean | undefined;
}

export type WebhookChange = Partial<Content & Pick<Webhook, "enabled">>;

// Every event of the project is compared with each of them.
const webhooksMax = 50;

/**
 * Makes a webhook. One that is to be enabled is tried out first, and not made when its receiver does not take the
 * verification. `verification` replaces what is sent then. Errors: not_found/project_not_found, invalid/webhook_*,
 * invalid/outbound_refused, precondition/webhook_count, conflict/webhook_exists, precondition/verification_failed.
 */
export async function createWebhook(
  deps: WebhookDeps,
  actor: Actor,
  place: Place,
  input: NewWebhook,
  verification?: object,
): Promise<WebhookView> {
  const project = await getProjectOf(deps.db, actor, place);
  const now = deps.now();
  const { enabled, ...content } = input;
  const draft = { ...content, id: newUlid(), projectId: project.id, revision: 1, createdAt: now, updatedAt: now };
  checkWebhook(draft);
  deps.outbound.check(draft.url);
  await checkRoom(deps, draft);
  const attempt = enabled === false ? null : await tryOut(deps, draft, verification, now);
  if (enabled === true && attempt !== null) checkVerified(attempt);
  const webhook: Webhook = { ...draft, enabled: attempt?.state === "delivered" };
  await deps.db.transaction().execute(async (tx) => {
    const inserted = await inProject(project.id, insertWebhook(tx, deps.sealer, webhook));
    if (!inserted) throw webhookExists(webhook.name);
    if (attempt !== null) await insertDelivery(tx, attempt, null);
  });
  return { webhook, lastDelivery: attempt };
}

/**
 * Changes what is given. One that is enabled by this change, or is enabled and gets another address or key, is tried out
 * first; when its receiver does not take the verification, nothing is changed. Errors: as for creating, and
 * not_found/webhook_not_found, conflict/changed_meanwhile.
 */
export async function updateWebhook(
  deps: WebhookDeps,
  actor: Actor,
  ref: WebhookRef,
  change: WebhookChange,
  verification?: object,
): Promise<WebhookView> {
  const before = await getVisible(deps, actor, ref);
  const now = deps.now();
  const next: Webhook = { ...before, ...change, revision: before.revision + 1, updatedAt: now };
  checkWebhook(next);
  deps.outbound.check(next.url);
  const reachesElsewhere = next.url !== before.url || next.hmacKey !== before.hmacKey;
  const mustTry = next.enabled && (!before.enabled || reachesElsewhere);
  const attempt = mustTry ? await tryOut(deps, next, verification, now) : null;
  if (attempt !== null) checkVerified(attempt);
  await deps.db.transaction().execute(async (tx) => {
    if (!(await updateWebhookRow(tx, deps.sealer, next))) throw changedMeanwhile(next.name);
    if (attempt !== null) await insertDelivery(tx, attempt, null);
  });
  return viewOf(deps, next);
}

/** Errors: not_found/webhook_not_found, invalid/webhook_name, conflict/webhook_exists, conflict/changed_meanwhile. */
export async function renameWebhook(
  deps: WebhookDeps,
  actor: Actor,
  ref: WebhookRef,
  name: string,
): Promise<WebhookView> {
  const before = await getVisible(deps, actor, ref);
  if (name === before.name) return viewOf(deps, before);
  const next: Webhook = { ...before, name, revision: before.revision + 1, updatedAt: deps.now() };
  checkWebhook(next);
  await deps.db.transaction().execute(async (tx) => {
    const other = await findNamedWebhook(tx, deps.sealer, next);
    if (other !== undefined) throw webhookExists(name);
    const updated = await updateWebhookRow(tx, deps.sealer, next).catch((error: unknown) => {
      // Another got this name since it was looked for.
      throw isUniqueViolation(error) ? webhookExists(name) : error;
    });
    if (!updated) throw changedMeanwhile(ref.name);
  });
  return viewOf(deps, next);
}

/** Errors: not_found/webhook_not_found. */
export async function getWebhook(deps: WebhookDeps, actor: Actor, ref: WebhookRef): Promise<WebhookView> {
  return viewOf(deps, await getVisible(deps, actor, ref));
}

/** Its deliveries go with it. Errors: not_found/webhook_not_found. */
export async function deleteWebhook(deps: WebhookDeps, actor: Actor, ref: WebhookRef): Promise<void> {
  const { id } = await getVisible(deps, actor, ref);
  await deleteWebhookRow(deps.db, id);
}

/** Errors: not_found/project_not_found. */
export async function listWebhooks(
  deps: WebhookDeps,
  actor: Actor,
  place: Place,
  list: { readonly page: KeysetPage; readonly sorting: readonly WebhookSorting[] },
): Promise<KeysetItems<WebhookView>> {
  const project = await getProjectOf(deps.db, actor, place);
  const cut = await listWebhookRows(deps.db, deps.sealer, { projectId: project.id, ...list });
  const ids = cut.items.map(({ id }) => id);
  const last = await listLastAttempts(deps.db, "webhook", ids);
  return { ...cut, items: cut.items.map((webhook) => ({ webhook, lastDelivery: last.get(webhook.id) ?? null })) };
}

/** Errors: not_found/webhook_not_found. */
export async function listWebhookDeliveries(
  deps: WebhookDeps,
  actor: Actor,
  ref: WebhookRef,
  list: { readonly page: KeysetPage; readonly descending: boolean },
): Promise<KeysetItems<Delivery>> {
  const { id } = await getVisible(deps, actor, ref);
  return pageDeliveries(deps.db, { recipient: { kind: "webhook", id }, ...list });
}

async function getVisible(deps: WebhookDeps, actor: Actor, ref: WebhookRef): Promise<Webhook> {
  const project = await getProjectOf(deps.db, actor, ref);
  const webhook = await findNamedWebhook(deps.db, deps.sealer, { projectId: project.id, name: ref.name });
  if (webhook === undefined) throw webhookNotFound(ref.name);
  return webhook;
}

async function viewOf(deps: WebhookDeps, webhook: Webhook): Promise<WebhookView> {
  const last = await listLastAttempts(deps.db, "webhook", [webhook.id]);
  return { webhook, lastDelivery: last.get(webhook.id) ?? null };
}

/** Before anything is sent: what cannot be made needs no verification. */
async function checkRoom(
  deps: WebhookDeps,
  webhook: { readonly projectId: string; readonly name: string },
): Promise<void> {
  if ((await findNamedWebhook(deps.db, deps.sealer, webhook)) !== undefined) throw webhookExists(webhook.name);
  if ((await countWebhooks(deps.db, webhook.projectId)) < webhooksMax) return;
  throw new DomainError(
    "precondition",
    "webhook_count",
    `The project has ${webhooksMax} webhooks, which is as many as it may have. Delete one first.`,
  );
}

/** One attempt, without another later: whoever asked waits for the answer. */
async function tryOut(
  deps: WebhookDeps,
  webhook: Pick<Webhook, "id" | "url" | "hmacKey">,
  verification: object | undefined,
  now: Millis,
): Promise<Delivery> {
  const delivery = newDelivery<object>(
    {
      recipient: { kind: "webhook", id: webhook.id },
      alertId: null,
      trigger: "test",
      message: verification ?? verificationEnvelope(newUlid()),
      target: targetOf(webhook),
    },
    now,
  );
  const attempt = await callWebhook(deps, webhook, delivery);
  return afterAttempt(delivery, { ...attempt, worthRetrying: false }, deps.now(), Math.random);
}

/** The words at the beginning are what clients look for. Source: terraform-provider-hcp, webhook acceptance test. */
function checkVerified(attempt: Delivery): void {
  if (attempt.state === "delivered") return;
  throw new DomainError(
    "precondition",
    "verification_failed",
    `Error verifying webhook configuration: ${attempt.error ?? "the receiver did not answer."} Nothing was changed.`,
  );
}

function webhookExists(name: string): DomainError {
  return new DomainError("conflict", "webhook_exists", `The webhook with identifier ${name} already exists.`);
}

function changedMeanwhile(name: string): DomainError {
  return new DomainError(
    "conflict",
    "changed_meanwhile",
    `Somebody else has changed the webhook ${name}. Read it again.`,
  );
}
