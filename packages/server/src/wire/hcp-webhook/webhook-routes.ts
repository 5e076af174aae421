import { Type, type Static } from "typebox";
import type { Actor, Place } from "../../features/access/index.ts";
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  listWebhookDeliveries,
  listWebhooks,
  renameWebhook,
  updateWebhook,
  type Subscription,
  type WebhookChange,
  type WebhookRef,
} from "../../features/webhooks/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { ok, type Call, type Route } from "../shared/plane.ts";
import { given, textGiven } from "../shared/rpc-body.ts";
import { pageOrder, parsePage, parseSorting, presentPagination, type ListCall } from "../shared/rpc-page.ts";
import { presentDelivery, presentWebhook } from "./present-webhook.ts";
import type { HcpWebhookDeps } from "./webhook-deps.ts";

const Subscriptions = Type.Array(
  Type.Object({
    resource_id: given(Type.String()),
    events: given(Type.Array(Type.Object({ source: given(Type.String()), action: given(Type.String()) }))),
  }),
);
const Config = Type.Object({ url: given(Type.String()), hmac_key: given(Type.String()) });
const Verification = given(Type.Object({}));

const CreateBody = Type.Object({
  name: given(Type.String()),
  description: given(Type.String()),
  enabled: given(Type.Boolean()),
  config: given(Config),
  subscriptions: given(Subscriptions),
  test_payload: Verification,
});

const UpdateBody = Type.Object({
  update_mask: given(Type.String()),
  webhook: given(
    Type.Object({
      description: given(Type.String()),
      enabled: given(Type.Boolean()),
      config: given(Config),
      subscriptions: given(Subscriptions),
    }),
  ),
  test_payload: Verification,
});

const RenameBody = Type.Object({ name: given(Type.String()) });

const collection = "/webhook/project/:project_id/webhooks";
const one = "/webhook/project/:project_id/geo/:geo/webhook/:name";

export function webhookRoutes(deps: HcpWebhookDeps): Route[] {
  return [
    {
      method: "POST",
      path: collection,
      needs: "notification:write",
      audit: "WebhookService_CreateWebhook",
      body: CreateBody,
      async handle(call) {
        const body = call.body as Static<typeof CreateBody>;
        const input = {
          name: textGiven(body.name) ?? "",
          enabled: body.enabled ?? undefined,
          description: textGiven(body.description) ?? "",
          ...parseConfig(body.config),
          subscriptions: parseSubscriptions(body.subscriptions),
        };
        const made = await createWebhook(deps, call.actor, placeOf(call), input, body.test_payload ?? undefined);
        return ok({ webhook: presentWebhook(made) });
      },
    },
    {
      method: "GET",
      path: collection,
      needs: "notification:read",
      audit: "WebhookService_ListWebhooks",
      async handle(call) {
        const sorting = parseSorting(call.query, ["name", "created_at", "updated_at"], {
          field: "name",
          descending: false,
        });
        const order = pageOrder(deps, listCall("WebhookService_ListWebhooks", call), sorting);
        const list = { page: parsePage(call.query, order), sorting };
        const cut = await listWebhooks(deps, call.actor, placeOf(call), list);
        return ok({ webhooks: cut.items.map(presentWebhook), pagination: presentPagination(cut, order) });
      },
    },
    {
      method: "GET",
      path: one,
      needs: "notification:read",
      audit: "WebhookService_GetWebhook",
      handle: async (call) => ok({ webhook: presentWebhook(await getWebhook(deps, call.actor, refOf(call))) }),
    },
    {
      method: "PATCH",
      path: one,
      needs: "notification:write",
      audit: "WebhookService_UpdateWebhook",
      body: UpdateBody,
      async handle(call) {
        const body = call.body as Static<typeof UpdateBody>;
        const change = parseChange(body);
        const changed = await updateWebhook(deps, call.actor, refOf(call), change, body.test_payload ?? undefined);
        return ok({ webhook: presentWebhook(changed) });
      },
    },
    {
      method: "PATCH",
      path: `${one}/name`,
      needs: "notification:write",
      audit: "WebhookService_UpdateWebhookName",
      body: RenameBody,
      async handle(call) {
        const { name } = call.body as Static<typeof RenameBody>;
        return ok({
          webhook: presentWebhook(await renameWebhook(deps, call.actor, refOf(call), textGiven(name) ?? "")),
        });
      },
    },
    {
      method: "DELETE",
      path: one,
      needs: "notification:write",
      audit: "WebhookService_DeleteWebhook",
      async handle(call) {
        await deleteWebhook(deps, call.actor, refOf(call));
        return ok({});
      },
    },
    {
      method: "GET",
      path: `${one}/deliveries`,
      needs: "notification:read",
      audit: "WebhookService_ListWebhookDeliveries",
      async handle(call) {
        const sorting = parseSorting(call.query, ["sent_at"], { field: "sent_at", descending: true });
        const order = pageOrder(deps, listCall("WebhookService_ListWebhookDeliveries", call), sorting);
        const list = { page: parsePage(call.query, order), descending: sorting[0]?.descending ?? true };
        const cut = await listWebhookDeliveries(deps, call.actor, refOf(call), list);
        return ok({ deliveries: cut.items.map(presentDelivery), pagination: presentPagination(cut, order) });
      },
    },
  ];
}

function listCall(operation: string, { params, query }: Call): ListCall {
  return { operation, params, query, body: null };
}

function placeOf(call: { readonly actor: Actor; readonly params: Call["params"] }): Place {
  return { organizationId: call.actor.organizationId, projectId: call.params["project_id"] ?? "" };
}

/** The name in the path holds a region, of which there is one. */
function refOf(call: { readonly actor: Actor; readonly params: Call["params"] }): WebhookRef {
  const { geo, name = "" } = call.params;
  return { ...placeOf(call), name: geo === "us" ? name : "" };
}

function parseConfig(config: Static<typeof CreateBody>["config"]): { url: string; hmacKey: string | null } {
  return { url: textGiven(config?.url) ?? "", hmacKey: textGiven(config?.hmac_key) ?? null };
}

function parseSubscriptions(subscriptions: Static<typeof CreateBody>["subscriptions"]): Subscription[] {
  return (subscriptions ?? []).map(({ resource_id, events }) => ({
    resourceId: textGiven(resource_id) ?? "",
    events: (events ?? []).map(({ source, action }) => ({ source: source ?? "", action: action ?? "" })),
  }));
}

/**
 * Only what the mask names: clients send more. A field that it names and the body leaves out is set to nothing, since
 * clients leave out what is nothing. Errors: invalid/update_mask.
 */
function parseChange({ update_mask: mask, webhook }: Static<typeof UpdateBody>): WebhookChange {
  const fields = new Set((textGiven(mask) ?? "").split(",").map((path) => path.trim()));
  const change: { -readonly [Key in keyof WebhookChange]: WebhookChange[Key] } = {};
  const config = parseConfig(webhook?.config);
  for (const field of fields) {
    switch (field) {
      case "":
        break;
      case "description":
        change.description = textGiven(webhook?.description) ?? "";
        break;
      case "enabled":
        change.enabled = webhook?.enabled === true;
        break;
      case "subscriptions":
        change.subscriptions = parseSubscriptions(webhook?.subscriptions);
        break;
      case "config":
        Object.assign(change, config);
        break;
      case "config.url":
        change.url = config.url;
        break;
      case "config.hmacKey":
      case "config.hmac_key":
        change.hmacKey = config.hmacKey;
        break;
      default:
        throw new DomainError(
          "invalid",
          "update_mask",
          `The update_mask names ${JSON.stringify(field.slice(0, 60))}; it can name config, description, enabled, subscriptions.`,
        );
    }
  }
  return change;
}
