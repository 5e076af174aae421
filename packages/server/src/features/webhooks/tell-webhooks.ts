import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Sealer } from "../../platform/sealing.ts";
import { openRegistry } from "../buckets/index.ts";
import { newDelivery, queueDelivery } from "../deliveries/index.ts";
import type { Event, EventActor } from "../events/index.ts";
import { findPrincipal } from "../principals/index.ts";
import { readVersionContent, type BuildContent } from "../versions/index.ts";
import { composeEnvelope, toldOf, versionSource, type EventFacts } from "./envelope.ts";
import { targetOf, wants } from "./webhook.ts";
import { listEnabledWebhooks } from "./webhook-store.ts";

export interface TellWebhooksDeps {
  readonly db: Db;
  readonly sealer: Sealer;
  readonly now: Clock;
  readonly wakeJobs: () => void;
}

/**
 * Writes one delivery, with its job, for every enabled webhook of the project that asks for the event. Repeatable: one
 * event makes one delivery to a webhook, however often it is handled. Returns the number of new deliveries.
 */
export async function tellWebhooks(deps: TellWebhooksDeps, event: Event): Promise<number> {
  const told = toldOf(event.kind);
  if (told === undefined || event.projectId === null) return 0;
  const enabled = await listEnabledWebhooks(deps.db, deps.sealer, event.projectId);
  if (enabled.length === 0) return 0;
  const registry = await openRegistry(deps, event.projectId);
  const resourceIds = [registry.id, String(event.data["bucketId"])];
  const webhooks = enabled.filter((one) => wants(one, { source: versionSource, action: told.action, resourceIds }));
  if (webhooks.length === 0) return 0;
  const envelope = composeEnvelope(event, told, await readFacts(deps.db, event, registry.id));
  const now = deps.now();
  const count = await deps.db.transaction().execute(async (tx) => {
    let queued = 0;
    for (const webhook of webhooks) {
      const delivery = newDelivery(
        {
          recipient: { kind: "webhook", id: webhook.id },
          alertId: null,
          trigger: told.action,
          message: envelope,
          target: targetOf(webhook),
        },
        now,
      );
      if (await queueDelivery(tx, delivery, event.id, now)) queued++;
    }
    return queued;
  });
  if (count > 0) deps.wakeJobs();
  return count;
}

async function readFacts(db: Db, event: Event, registryId: string): Promise<EventFacts> {
  const { data } = event;
  const previous = data["previous"] as { readonly versionId?: string } | null | undefined;
  return {
    registryId,
    // A deletion says itself what it took along.
    builds: (data["builds"] as readonly BuildContent[] | undefined) ?? (await contentOf(db, data["versionId"])),
    previousBuilds: await contentOf(db, previous?.versionId),
    actor: await readActor(db, event),
  };
}

async function contentOf(db: Db, versionId: unknown): Promise<readonly BuildContent[]> {
  return typeof versionId === "string" ? readVersionContent(db, versionId) : [];
}

async function readActor(db: Db, event: Event): Promise<EventFacts["actor"]> {
  const actor = event.data["actor"] as EventActor | undefined;
  if (actor === undefined) return null;
  const principal = await findPrincipal(db, actor.id);
  return { ...actor, name: principal?.name ?? event.actorName ?? "", email: principal?.email ?? null };
}
