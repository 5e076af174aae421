import { Type } from "typebox";
import { may, type Actor } from "../../features/access/index.ts";
import type { Delivery } from "../../features/deliveries/index.ts";
import {
  createConfiguration,
  deleteConfiguration,
  getConfiguration,
  listConfigurations,
  updateConfiguration,
  verifyConfiguration,
  type ConfigurationChange,
  type ConfigurationPlace,
  type ConfigurationView,
  type Destination,
  type NotificationConfiguration,
  type NotificationDeps,
} from "../../features/notifications/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Route } from "../shared/plane.ts";
import {
  attributesOf,
  document,
  maybe,
  pageDocument,
  pageOf,
  param,
  queryText,
  resourceBody,
  toMany,
  toOne,
  type Resource,
} from "./json-api.ts";

const attributes = {
  "destination-type": maybe(Type.String({ maxLength: 64 })),
  enabled: maybe(Type.Boolean()),
  name: maybe(Type.String({ maxLength: 255 })),
  token: maybe(Type.String({ maxLength: 4096 })),
  triggers: maybe(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 50 })),
  url: maybe(Type.String({ maxLength: 4096 })),
  "email-addresses": maybe(Type.Array(Type.String({ maxLength: 254 }), { maxItems: 50 })),
};
const relationships = {
  users: maybe(
    Type.Object({
      data: maybe(Type.Array(Type.Object({ id: Type.String({ maxLength: 255 }) }), { maxItems: 50 })),
    }),
  ),
};
const Body = resourceBody("notification-configurations", attributes, relationships);

interface NotificationAttributes {
  readonly "destination-type": string;
  readonly enabled: boolean;
  readonly name: string;
  readonly token: string;
  readonly triggers: readonly string[];
  readonly url: string;
  readonly "email-addresses": readonly string[];
}

const destinationOf: Readonly<Record<string, Destination>> = {
  generic: "webhook",
  email: "email",
  slack: "slack",
  "microsoft-teams": "microsoft-teams",
};

const configurationsMax = 1000;

/** Notification configurations of workspaces, projects and teams. Source: go-tfe notification_configuration.go. */
export function notificationRoutes(deps: NotificationDeps): Route[] {
  const idOf = (call: Call): string => param(call, "notification_configuration_id");
  const reply = (call: Call, view: ConfigurationView, status = 200) =>
    document(presentConfiguration(call.actor, view), [], status);
  const one = "/notification-configurations/:notification_configuration_id";
  return [
    ...collectionRoutes(deps, "/workspaces/:workspace_id", (call) => ({ workspaceId: param(call, "workspace_id") })),
    ...collectionRoutes(deps, "/projects/:project_id", (call) => ({ projectId: param(call, "project_id") })),
    ...collectionRoutes(deps, "/teams/:team_id", (call) => ({ teamId: param(call, "team_id") })),
    {
      method: "GET",
      path: one,
      needs: "notification:read",
      audit: "notification-configuration.read",
      handle: async (call) => reply(call, await getConfiguration(deps, call.actor, idOf(call))),
    },
    {
      method: "PATCH",
      path: one,
      needs: "notification:write",
      audit: "notification-configuration.update",
      body: Body,
      handle: async (call) => {
        const given = attributesOf<NotificationAttributes>(call);
        const { configuration } = await getConfiguration(deps, call.actor, idOf(call));
        const destination = given["destination-type"];
        if (destination !== undefined && destinationOf[destination] !== configuration.destination) {
          throw new DomainError("invalid", "notification_destination", "Destination type cannot be changed");
        }
        const change = changeOf(given, configuration.destination === "email" ? usersOf(call) : undefined);
        return reply(call, await updateConfiguration(deps, call.actor, idOf(call), change));
      },
    },
    {
      method: "DELETE",
      path: one,
      needs: "notification:write",
      audit: "notification-configuration.delete",
      handle: async (call) => {
        await deleteConfiguration(deps, call.actor, idOf(call));
        return { status: 204 };
      },
    },
    {
      method: "POST",
      path: `${one}/actions/verify`,
      needs: "notification:write",
      audit: "notification-configuration.verify",
      handle: async (call) => reply(call, await verifyConfiguration(deps, call.actor, idOf(call))),
    },
    {
      method: "POST",
      path: `${one}/actions/enable`,
      needs: "notification:write",
      audit: "notification-configuration.enable",
      handle: async (call) => reply(call, await updateConfiguration(deps, call.actor, idOf(call), { enabled: true })),
    },
  ];
}

/** The configurations of one place. */
function collectionRoutes(deps: NotificationDeps, of: string, placeOf: (call: Call) => ConfigurationPlace): Route[] {
  const path = `${of}/notification-configurations`;
  return [
    {
      method: "GET",
      path,
      needs: "notification:read",
      audit: "notification-configuration.list",
      handle: async (call) => {
        const views = await listConfigurations(deps, call.actor, { place: placeOf(call), limit: configurationsMax });
        const present = (view: ConfigurationView): Resource => presentConfiguration(call.actor, view);
        // Without a page asked for, clients expect a list without pages.
        if (queryText(call, "page[number]") === undefined && queryText(call, "page[size]") === undefined) {
          return { status: 200, body: { data: views.map(present) } };
        }
        const page = pageOf(call);
        const items = views.slice((page.number - 1) * page.size, page.number * page.size);
        return pageDocument(page, { items, total: views.length }, present);
      },
    },
    {
      method: "POST",
      path,
      needs: "notification:write",
      audit: "notification-configuration.create",
      body: Body,
      handle: async (call) => {
        const given = attributesOf<NotificationAttributes>(call);
        const destination = destinationOf[given["destination-type"] ?? ""];
        if (destination === undefined) {
          throw new DomainError(
            "invalid",
            "notification_destination",
            `Destination type is not included in the list: ${Object.keys(destinationOf).join(", ")}`,
          );
        }
        const view = await createConfiguration(deps, call.actor, placeOf(call), {
          name: given.name ?? "",
          destination,
          url: given.url ?? null,
          token: given.token === "" ? null : (given.token ?? null),
          triggers: given.triggers ?? [],
          enabled: given.enabled ?? false,
          emailAddresses: given["email-addresses"] ?? [],
          userIds: usersOf(call),
        });
        return document(presentConfiguration(call.actor, view), [], 201);
      },
    },
  ];
}

function usersOf(call: Call): string[] {
  const body = call.body as { data?: { relationships?: { users?: { data?: { id: string }[] | null } | null } } };
  return (body.data?.relationships?.users?.data ?? []).map((user) => user.id);
}

/** Leaving the users out of a change removes all of them. Source: go-tfe, TestNotificationConfigurationUpdate. */
function changeOf(given: Partial<NotificationAttributes>, userIds: readonly string[] | undefined): ConfigurationChange {
  const { name, token, url, triggers, enabled, "email-addresses": emailAddresses } = given;
  return {
    ...(name === undefined ? {} : { name }),
    ...(token === undefined ? {} : { token: token === "" ? null : token }),
    ...(url === undefined ? {} : { url }),
    ...(triggers === undefined ? {} : { triggers }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(emailAddresses === undefined ? {} : { emailAddresses }),
    ...(userIds === undefined ? {} : { userIds }),
  };
}

function presentConfiguration(actor: Actor, { configuration, lastAttempt }: ConfigurationView): Resource {
  const url = may(actor, "notification:write", configuration) ? configuration.url : null;
  return {
    id: configuration.id,
    type: "notification-configurations",
    attributes: {
      name: configuration.name,
      "destination-type": configuration.destination === "webhook" ? "generic" : configuration.destination,
      enabled: configuration.enabled,
      triggers: configuration.triggers,
      url,
      token: null,
      "email-addresses": configuration.destination === "email" ? configuration.emailAddresses : null,
      "delivery-responses": lastAttempt === null ? [] : [presentResponse(lastAttempt, url)],
      "created-at": toRfc3339(configuration.createdAt),
      "updated-at": toRfc3339(configuration.updatedAt),
    },
    relationships: {
      subscribable: subscribableOf(configuration),
      users: toMany("users", configuration.userIds),
    },
    links: { self: `/api/v2/notification-configurations/${configuration.id}` },
  };
}

/** What it is about. */
function subscribableOf(configuration: NotificationConfiguration): object {
  const { workspaceId, projectExternalId, teamId } = configuration;
  if (teamId !== null) return toOne("teams", teamId);
  return projectExternalId === null ? toOne("workspaces", workspaceId) : toOne("projects", projectExternalId);
}

/** `successful` and `code` are texts. Source: go-tfe notification_configuration.go, DeliveryResponse. */
function presentResponse(attempt: Delivery, url: string | null): object {
  return {
    url: url ?? attempt.target,
    body: attempt.responseBody ?? attempt.error ?? "",
    code: attempt.responseStatus === null ? "" : String(attempt.responseStatus),
    headers: attempt.responseHeaders ?? {},
    "sent-at": toRfc3339(attempt.lastAttemptAt ?? attempt.createdAt),
    successful: String(attempt.state === "delivered"),
  };
}
