import { Type, type Static } from "typebox";
import { may, type Actor } from "../../features/access/index.ts";
import {
  createConfiguration,
  deleteConfiguration,
  destinations,
  getConfiguration,
  listConfigurationDeliveries,
  listConfigurations,
  triggers,
  updateConfiguration,
  verifyConfiguration,
  type ConfigurationChange,
  type ConfigurationView,
  type NotificationDeps,
} from "../../features/notifications/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { ok, type Call, type Route } from "../shared/plane.ts";
import { limitOf, Nullable, pageQuery, Time, WorkspaceRef } from "./list-query.ts";
import { DeliverySchema, presentDelivery } from "./present-delivery.ts";

export const NotificationConfigurationSchema = Type.Object({
  id: Type.String(),
  scope: Type.Enum(["workspace", "project", "team", "organization"]),
  workspace: Nullable(WorkspaceRef),
  name: Type.String(),
  destination: Type.Enum([...destinations]),
  url: Nullable(Type.String({ description: "only for those who may change it: a chat's address is its password" })),
  target: Type.String({ description: "the host, or how many e-mail addresses" }),
  email_addresses: Type.Array(Type.String()),
  triggers: Type.Array(Type.String()),
  enabled: Type.Boolean(),
  has_token: Type.Boolean(),
  created_at: Time,
  updated_at: Time,
  last_delivery: Nullable(DeliverySchema),
});
export type NotificationConfigurationView = Static<typeof NotificationConfigurationSchema>;

export const NotificationConfigurationListSchema = Type.Object({
  notification_configurations: Type.Array(NotificationConfigurationSchema),
  next: Nullable(Type.String()),
  triggers: Type.Array(Type.String(), { description: "all that can be chosen" }),
  can_send_email: Type.Boolean({ description: "whether this server has a mail server" }),
});
export type NotificationConfigurationList = Static<typeof NotificationConfigurationListSchema>;

export const DeliveryListSchema = Type.Object({
  deliveries: Type.Array(DeliverySchema),
  next: Nullable(Type.String()),
});

const changeable = {
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  url: Type.Optional(Nullable(Type.String({ maxLength: 4096 }))),
  token: Type.Optional(Nullable(Type.String({ maxLength: 4096, description: "never shown again; null removes it" }))),
  email_addresses: Type.Optional(Type.Array(Type.String({ maxLength: 254 }), { maxItems: 50 })),
  triggers: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 50 })),
  enabled: Type.Optional(
    Type.Boolean({ description: "enabling sends a verification, and fails when it is not taken" }),
  ),
};
const CreateBody = Type.Object(
  {
    ...changeable,
    name: Type.String({ minLength: 1, maxLength: 255 }),
    destination: Type.Enum([...destinations]),
    workspace: Type.Optional(
      Nullable(Type.String({ maxLength: 64, description: "its id; without it everything of the organization" })),
    ),
  },
  { additionalProperties: false },
);
const UpdateBody = Type.Object(changeable, { additionalProperties: false });

const ListQuery = Type.Object(
  { workspace: Type.Optional(Type.String({ maxLength: 64 })), ...pageQuery },
  { additionalProperties: false },
);
const DeliveriesQuery = Type.Object(pageQuery, { additionalProperties: false });

/** Who is told of what, and what became of telling them. */
export function notificationRoutes(deps: NotificationDeps): Route[] {
  const idOf = (call: Call): string => call.params["configuration_id"] ?? "";
  return [
    {
      method: "GET",
      path: "/notification-configurations",
      needs: "notification:read",
      audit: "notification-configuration.list",
      doc: { summary: "Who is told of what", reply: NotificationConfigurationListSchema },
      query: ListQuery,
      handle: async ({ actor, query }) => {
        const { workspace, after, limit } = query as Static<typeof ListQuery>;
        const size = limitOf(limit);
        const found = await listConfigurations(deps, actor, {
          limit: size + 1,
          ...(workspace === undefined ? {} : { place: { workspaceId: workspace } }),
          ...(after === undefined ? {} : { after }),
        });
        const page = found.slice(0, size);
        const list: NotificationConfigurationList = {
          notification_configurations: page.map((view) => presentConfiguration(actor, view)),
          next: found.length > size ? (page.at(-1)?.configuration.id ?? null) : null,
          triggers: [...triggers],
          can_send_email: deps.mailer !== undefined,
        };
        return ok(list);
      },
    },
    {
      method: "POST",
      path: "/notification-configurations",
      needs: "notification:write",
      audit: "notification-configuration.create",
      doc: {
        summary: "Tell somebody of something",
        description:
          "A webhook gets JSON. With a token it is signed: X-TFE-Notification-Signature is the HMAC-SHA512 of the body in hexadecimal. X-Ingot-Delivery names the delivery, and is the same when it is tried again.",
        reply: NotificationConfigurationSchema,
        status: 201,
      },
      body: CreateBody,
      handle: async ({ actor, body }) => {
        const given = body as Static<typeof CreateBody>;
        const view = await createConfiguration(
          deps,
          actor,
          given.workspace === undefined || given.workspace === null ? null : { workspaceId: given.workspace },
          {
            name: given.name,
            destination: given.destination,
            url: given.url ?? null,
            token: given.token ?? null,
            emailAddresses: given.email_addresses ?? [],
            userIds: [],
            triggers: given.triggers ?? [],
            enabled: given.enabled ?? false,
          },
        );
        return { status: 201, body: presentConfiguration(actor, view) };
      },
    },
    {
      method: "GET",
      path: "/notification-configurations/:configuration_id",
      needs: "notification:read",
      audit: "notification-configuration.read",
      doc: { summary: "One notification configuration", reply: NotificationConfigurationSchema },
      handle: async (call) =>
        ok(presentConfiguration(call.actor, await getConfiguration(deps, call.actor, idOf(call)))),
    },
    {
      method: "PATCH",
      path: "/notification-configurations/:configuration_id",
      needs: "notification:write",
      audit: "notification-configuration.update",
      doc: { summary: "Change a notification configuration", reply: NotificationConfigurationSchema },
      body: UpdateBody,
      handle: async (call) => {
        const change = changeOf(call.body as Static<typeof UpdateBody>);
        return ok(presentConfiguration(call.actor, await updateConfiguration(deps, call.actor, idOf(call), change)));
      },
    },
    {
      method: "DELETE",
      path: "/notification-configurations/:configuration_id",
      needs: "notification:write",
      audit: "notification-configuration.delete",
      doc: { summary: "Delete a notification configuration with its history", status: 204 },
      handle: async (call) => {
        await deleteConfiguration(deps, call.actor, idOf(call));
        return { status: 204 };
      },
    },
    {
      method: "POST",
      path: "/notification-configurations/:configuration_id/verify",
      needs: "notification:write",
      audit: "notification-configuration.verify",
      doc: { summary: "Send a verification now", reply: NotificationConfigurationSchema },
      handle: async (call) =>
        ok(presentConfiguration(call.actor, await verifyConfiguration(deps, call.actor, idOf(call)))),
    },
    {
      method: "GET",
      path: "/notification-configurations/:configuration_id/deliveries",
      needs: "notification:read",
      audit: "notification-configuration.deliveries",
      doc: { summary: "What was sent, newest first", reply: DeliveryListSchema },
      query: DeliveriesQuery,
      handle: async (call) => {
        const { after, limit } = call.query as Static<typeof DeliveriesQuery>;
        const size = limitOf(limit);
        const found = await listConfigurationDeliveries(deps, call.actor, idOf(call), {
          limit: size + 1,
          ...(after === undefined ? {} : { after }),
        });
        const page = found.slice(0, size);
        return ok({
          deliveries: page.map(presentDelivery),
          next: found.length > size ? (page.at(-1)?.id ?? null) : null,
        });
      },
    },
  ];
}

function changeOf(body: Static<typeof UpdateBody>): ConfigurationChange {
  if (Object.keys(body).length === 0) throw new DomainError("invalid", "nothing_to_change", "Say what to change.");
  const { name, url, token, email_addresses: emailAddresses, triggers: chosen, enabled } = body;
  return {
    ...(name === undefined ? {} : { name }),
    ...(url === undefined ? {} : { url }),
    ...(token === undefined ? {} : { token }),
    ...(emailAddresses === undefined ? {} : { emailAddresses }),
    ...(chosen === undefined ? {} : { triggers: chosen }),
    ...(enabled === undefined ? {} : { enabled }),
  };
}

function presentConfiguration(
  actor: Actor,
  { configuration, target, lastAttempt }: ConfigurationView,
): NotificationConfigurationView {
  const { workspaceId } = configuration;
  return {
    id: configuration.id,
    scope: configuration.scope,
    workspace: workspaceId === null ? null : { id: workspaceId, name: configuration.workspaceName ?? "" },
    name: configuration.name,
    destination: configuration.destination,
    url: may(actor, "notification:write", configuration) ? configuration.url : null,
    target,
    email_addresses: [...configuration.emailAddresses],
    triggers: [...configuration.triggers],
    enabled: configuration.enabled,
    has_token: configuration.token !== null,
    created_at: toRfc3339(configuration.createdAt),
    updated_at: toRfc3339(configuration.updatedAt),
    last_delivery: lastAttempt === null ? null : presentDelivery(lastAttempt),
  };
}
