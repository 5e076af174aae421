import { Type } from "typebox";
import { callApi, type Api } from "../connection/call-api.ts";

/** The fields that the demo reads; all of them are in `/api/v1/openapi.json`. */
export interface Assessment {
  readonly id: string;
  readonly status: string;
  readonly trigger: "schedule" | "demand";
  readonly succeeded: boolean | null;
  readonly error_message: string | null;
  readonly resources_drifted: number | null;
  readonly checks_failed: number | null;
}

export interface ResourceChange {
  readonly address: string;
  readonly kind: string;
  readonly attributes: readonly { readonly path: string; readonly before: unknown; readonly after: unknown }[];
}

export interface AssessmentDetail extends Assessment {
  readonly drift: readonly (ResourceChange & { readonly since: string })[];
  readonly pending: readonly ResourceChange[];
  readonly checks: readonly {
    readonly address: string;
    readonly status: string;
    readonly problems: readonly string[];
  }[];
}

export interface Alert {
  readonly id: string;
  readonly kind: string;
  readonly state: "open" | "resolved";
  readonly title: string;
  readonly detail: string;
  readonly run_id: string | null;
  readonly version: string | null;
}

export interface Delivery {
  readonly trigger: string;
  readonly state: string;
  readonly attempts: number;
}

export interface ImageCheck {
  readonly kind: string;
  readonly status: string;
  readonly message: string;
}

export interface RunSummary {
  readonly id: string;
  readonly status: string;
  readonly message: string;
  readonly waits_for_confirmation: boolean;
}

export interface WorkspaceSettings {
  readonly follow?: "off" | "notify" | "plan" | "apply";
  readonly assessments_enabled?: boolean;
  readonly image_age_days_max?: number | null;
  readonly image_behind_days_max?: number | null;
}

export type ConsoleClient = ReturnType<typeof createConsoleClient>;

/** The calls of Ingot's own API that the demo makes itself, as the person who is its administrator. */
export function createConsoleClient(api: Api) {
  // What is in an answer is judged by the claims of the story.
  const call = <T>(method: "GET" | "POST" | "PATCH", path: string, body?: object): Promise<T> =>
    callApi(api, { method, path, ...(body === undefined ? {} : { body }) }, Type.Unsafe<T>({}));

  return {
    updateSettings: (workspaceId: string, settings: WorkspaceSettings) =>
      call<unknown>("PATCH", `/workspaces/${workspaceId}/settings`, settings),

    getHealth: (workspaceId: string) =>
      call<{ readonly next_assessment_at: string | null; readonly latest: AssessmentDetail | null }>(
        "GET",
        `/workspaces/${workspaceId}/health`,
      ),

    getImageChecks: async (workspaceId: string) =>
      (await call<{ image_checks: readonly ImageCheck[] }>("GET", `/workspaces/${workspaceId}`)).image_checks,

    listRuns: async (workspaceId: string) =>
      (await call<{ runs: readonly RunSummary[] }>("GET", `/runs?workspace=${workspaceId}`)).runs,

    listAlerts: async (state: "open" | "resolved" | "all") =>
      (await call<{ alerts: readonly Alert[] }>("GET", `/alerts?state=${state}`)).alerts,

    getAlert: (id: string) => call<Alert & { readonly deliveries: readonly Delivery[] }>("GET", `/alerts/${id}`),

    /** Signed with the token; the server tries the address out before it says yes. */
    createWebhook: (webhook: {
      readonly name: string;
      readonly url: string;
      readonly token: string;
      readonly triggers: readonly string[];
    }) =>
      call<{ readonly id: string }>("POST", "/notification-configurations", {
        ...webhook,
        destination: "webhook",
        enabled: true,
      }),
  };
}
