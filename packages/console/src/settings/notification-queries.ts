import { queryOptions } from "@tanstack/react-query";
import type {
  DeliveryView,
  NotificationConfigurationList,
  NotificationConfigurationView,
} from "@ingot/server/console-api";
import { callApi } from "../api/client.ts";

export type { NotificationConfigurationList } from "@ingot/server/console-api";
export type NotificationConfiguration = NotificationConfigurationView;
export type Destination = NotificationConfiguration["destination"];
export type Delivery = DeliveryView;

export interface ConfigurationInput {
  readonly name: string;
  readonly url?: string | null;
  /** Left out: as it was. */
  readonly token?: string | null;
  readonly email_addresses?: readonly string[];
  readonly triggers: readonly string[];
  readonly enabled: boolean;
}

const path = "/api/v1/notification-configurations";

/** Of one workspace, or of the whole organization with those of its workspaces. */
export function configurationsQuery(workspaceId: string | undefined) {
  return queryOptions({
    queryKey: ["notifications", "list", workspaceId ?? ""],
    queryFn: ({ signal }) =>
      callApi<NotificationConfigurationList>(path, { query: { workspace: workspaceId, limit: 1000 }, signal }),
  });
}

export function configurationQuery(id: string) {
  return queryOptions({
    queryKey: ["notifications", "one", id],
    queryFn: ({ signal }) => callApi<NotificationConfiguration>(`${path}/${encodeURIComponent(id)}`, { signal }),
  });
}

export function deliveriesQuery(id: string) {
  return queryOptions({
    queryKey: ["notifications", "deliveries", id],
    queryFn: async ({ signal }) =>
      (
        await callApi<{ readonly deliveries: readonly Delivery[] }>(`${path}/${encodeURIComponent(id)}/deliveries`, {
          query: { limit: 50 },
          signal,
        })
      ).deliveries,
  });
}

export function createConfiguration(
  destination: Destination,
  workspace: string | null,
  input: ConfigurationInput,
): Promise<NotificationConfiguration> {
  return callApi(path, {
    method: "POST",
    body: { destination, ...(workspace === null ? {} : { workspace }), ...input },
  });
}

export function changeConfiguration(
  id: string,
  change: Partial<ConfigurationInput>,
): Promise<NotificationConfiguration> {
  return callApi(`${path}/${encodeURIComponent(id)}`, { method: "PATCH", body: change });
}

export async function deleteConfiguration(id: string): Promise<void> {
  await callApi(`${path}/${encodeURIComponent(id)}`, { method: "DELETE" });
}

/** Sends a test now. Fails when the receiver does not take it. */
export async function sendTest(id: string): Promise<void> {
  await callApi(`${path}/${encodeURIComponent(id)}/verify`, { method: "POST" });
}
