import { projectScope } from "../../features/access/index.ts";
import { Type, type Static } from "typebox";
import {
  alertKinds,
  alertSeverities,
  findAlert,
  listAlerts,
  visibleAlert,
  type Alert,
} from "../../features/alerts/index.ts";
import { listDeliveries } from "../../features/deliveries/index.ts";
import { findWorkspace, visibleWorkspace } from "../../features/workspaces/index.ts";
import { toRfc3339, toRfc3339OrNull } from "../../platform/clock.ts";
import { ok, type Route } from "../shared/plane.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import { limitOf, Nullable, pageQuery, Time, WorkspaceRef } from "./list-query.ts";
import { DeliverySchema, presentDelivery } from "./present-delivery.ts";

const alertFields = {
  id: Type.String(),
  kind: Type.Enum([...alertKinds]),
  severity: Type.Enum([...alertSeverities]),
  state: Type.Enum(["open", "resolved"]),
  title: Type.String({ description: "one line for people" }),
  detail: Type.String(),
  workspace: Nullable(WorkspaceRef),
  run_id: Nullable(Type.String()),
  bucket: Nullable(Type.String()),
  version: Nullable(Type.String()),
  opened_at: Time,
  changed_at: Time,
  resolved_at: Nullable(Time),
};
export const AlertSchema = Type.Object(alertFields);
export type AlertView = Static<typeof AlertSchema>;

export const AlertListSchema = Type.Object({ alerts: Type.Array(AlertSchema), next: Nullable(Type.String()) });

export const AlertDetailSchema = Type.Object({
  ...alertFields,
  deliveries: Type.Array(DeliverySchema, { description: "who was told of it, newest first, at most 100" }),
});
export type AlertDetail = Static<typeof AlertDetailSchema>;

const AlertsQuery = Type.Object(
  {
    state: Type.Optional(Type.Enum(["open", "resolved", "all"], { description: "open when left out" })),
    workspace: Type.Optional(Type.String({ maxLength: 64 })),
    ...pageQuery,
  },
  { additionalProperties: false },
);

const deliveriesMax = 100;

/** What needs somebody's attention, and what did. */
export function alertRoutes(deps: Pick<ConsoleDeps, "db">): Route[] {
  return [
    {
      method: "GET",
      path: "/alerts",
      needs: "alert:read",
      audit: "alert.list",
      doc: { summary: "Alerts, newest first", reply: AlertListSchema },
      query: AlertsQuery,
      handle: async ({ actor, query }) => {
        const { state, workspace, after, limit } = query as Static<typeof AlertsQuery>;
        if (workspace !== undefined) visibleWorkspace(actor, await findWorkspace(deps.db, workspace));
        const size = limitOf(limit);
        const found = await listAlerts(deps.db, {
          organizationId: actor.organizationId,
          projects: projectScope(actor),
          state: state ?? "open",
          limit: size + 1,
          ...(workspace === undefined ? {} : { workspaceId: workspace }),
          ...(after === undefined ? {} : { after }),
        });
        const page = found.slice(0, size);
        return ok({ alerts: page.map(presentAlert), next: found.length > size ? (page.at(-1)?.id ?? null) : null });
      },
    },
    {
      method: "GET",
      path: "/alerts/:alert_id",
      needs: "alert:read",
      audit: "alert.read",
      doc: { summary: "One alert, with who was told of it", reply: AlertDetailSchema },
      handle: async ({ actor, params }) => {
        const alert = visibleAlert(actor, await findAlert(deps.db, params["alert_id"] ?? ""));
        const deliveries = await listDeliveries(deps.db, { alertId: alert.id, limit: deliveriesMax });
        const detail: AlertDetail = { ...presentAlert(alert), deliveries: deliveries.map(presentDelivery) };
        return ok(detail);
      },
    },
  ];
}

function presentAlert(alert: Alert): AlertView {
  return {
    id: alert.id,
    kind: alert.kind,
    severity: alert.severity,
    state: alert.resolvedAt === null ? "open" : "resolved",
    title: alert.title,
    detail: alert.detail,
    workspace: alert.workspaceId === null ? null : { id: alert.workspaceId, name: alert.workspaceName ?? "" },
    run_id: alert.runId,
    bucket: alert.bucketName,
    version: alert.versionName,
    opened_at: toRfc3339(alert.openedAt),
    changed_at: toRfc3339(alert.changedAt),
    resolved_at: toRfc3339OrNull(alert.resolvedAt),
  };
}
