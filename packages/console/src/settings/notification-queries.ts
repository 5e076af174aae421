import { queryOptions } from "@tanstack/react-query";
import { callApi } from "../api/client.ts";
import type { WorkspaceRef } from "../api/types.ts";

export type Destination = "webhook" | "email" | "slack" | "microsoft-teams";

export interface NotificationConfiguration {
  readonly id: string;
  readonly scope: "workspace" | "organization";
  readonly workspace: WorkspaceRef | null;
  readonly name: string;
  readonly destination: Destination;
  /** Null for e-mail, and for those who may not change it. */
  readonly url: string | null;
  readonly target?: string;
  readonly email_addresses: readonly string[];
  readonly triggers: readonly string[];
  readonly enabled: boolean;
  readonly has_token: boolean;
  readonly created_at: string;
  readonly updated_at: string;
  readonly last_delivery?: Delivery | null;
}

export interface NotificationConfigurationList {
  readonly notification_configurations: readonly NotificationConfiguration[];
  readonly next: string | null;
  /** All that can be chosen. */
  readonly triggers?: readonly string[];
  readonly can_send_email?: boolean;
}

export interface Delivery {
  readonly id: string;
  readonly configuration_id: string;
  readonly trigger: string;
  readonly title?: string;
  readonly state: "pending" | "delivered" | "failed";
  readonly attempts: number;
  readonly created_at: string;
  readonly last_attempt_at: string | null;
  readonly next_attempt_at: string | null;
  readonly response_status: number | null;
  readonly response_body?: string | null;
  readonly error: string | null;
  readonly target: string;
}

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
