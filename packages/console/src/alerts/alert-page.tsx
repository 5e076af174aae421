import { Group, Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { VersionLink } from "../images/version-link.tsx";
import { PageButton, PageLink } from "../parts/link.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { useMay } from "../session/use-session.ts";
import { DeliveryTable } from "../settings/delivery-table.tsx";
import { alertQuery, type AlertDetail } from "./alert-queries.ts";
import { alertAdvice, alertKindLabels } from "./alert-words.ts";

/** One alert: what it is about, what to do, and who was told. */
export function AlertPage() {
  const { alertId = "" } = useParams({ strict: false });
  const may = useMay();
  const query = useQuery({ ...alertQuery(alertId), enabled: may("alert:read") });
  const { data } = query;
  return (
    <>
      <PageHeader
        title={data?.title ?? "Alert"}
        trail={[
          <PageLink key="alerts" to="/alerts">
            Alerts
          </PageLink>,
        ]}
        status={
          data !== undefined && (
            <Group gap={6}>
              <StatusBadge of="alert" status={data.state} />
              <StatusBadge of="severity" status={data.severity} />
            </Group>
          )
        }
        description={data !== undefined && <AlertFacts alert={data} />}
      />
      <QueryView query={query} needs="alert:read" what="This alert">
        {(alert) => (
          <Stack gap="md">
            <Paper withBorder p="md">
              {alert.detail !== "" && (
                <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }} mb="sm">
                  {alert.detail}
                </Text>
              )}
              {alert.state === "open" && (
                <Text size="sm" c="dimmed" mb="sm">
                  {alertAdvice[alert.kind]}
                </Text>
              )}
              <AlertLinks alert={alert} />
            </Paper>
            <Panel title="Who was told" padded={false}>
              {alert.deliveries.length === 0 ? (
                <Empty
                  title="Nobody was told"
                  actions={
                    <PageButton to="/settings" variant="default">
                      Choose who is told
                    </PageButton>
                  }
                >
                  No notification configuration fits this alert, or it was made later.
                </Empty>
              ) : (
                <DeliveryTable deliveries={alert.deliveries} label="Who was told" />
              )}
            </Panel>
          </Stack>
        )}
      </QueryView>
    </>
  );
}

function AlertFacts({ alert }: { readonly alert: AlertDetail }) {
  return (
    <>
      {alertKindLabels[alert.kind]} · opened <Time at={alert.opened_at} />
      {alert.changed_at !== alert.opened_at && (
        <>
          {" "}
          · changed <Time at={alert.changed_at} />
        </>
      )}
      {alert.resolved_at !== null && (
        <>
          {" "}
          · resolved <Time at={alert.resolved_at} />
        </>
      )}
    </>
  );
}

function AlertLinks({ alert }: { readonly alert: AlertDetail }) {
  const { workspace } = alert;
  const aboutHealth = ["drift", "check", "assessment-failed"].includes(alert.kind);
  return (
    <Group gap="sm">
      {alert.run_id !== null && (
        <PageButton to="/runs/$runId" params={{ runId: alert.run_id }} variant={aboutHealth ? "default" : "filled"}>
          {alert.kind === "run-waiting" && alert.state === "open" ? "Look at the plan" : "To the run"}
        </PageButton>
      )}
      {workspace !== null && (
        <PageButton
          to="/workspaces/$workspaceId"
          params={{ workspaceId: workspace.id }}
          search={{ tab: aboutHealth ? "health" : alert.kind === "image-status" ? "images" : "overview" }}
          variant={aboutHealth ? "filled" : "default"}
        >
          {aboutHealth ? `To the health of ${workspace.name}` : `To the workspace ${workspace.name}`}
        </PageButton>
      )}
      {alert.bucket !== null && alert.version !== null && (
        <Text size="sm">
          <VersionLink bucket={alert.bucket} version={alert.version}>
            {alert.bucket} {alert.version}
          </VersionLink>
        </Text>
      )}
      {alert.bucket !== null && (
        <PageLink
          to="/where"
          search={{ bucket: alert.bucket, ...(alert.version === null ? {} : { version: alert.version }) }}
          size="sm"
        >
          Where it runs
        </PageLink>
      )}
    </Group>
  );
}
