import { useQuery } from "@tanstack/react-query";
import { IconBellCheck } from "@tabler/icons-react";
import { Text } from "@mantine/core";
import { PageLink } from "../parts/link.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { useMay } from "../session/use-session.ts";
import { AttentionItem, AttentionList } from "./attention-list.tsx";
import { openAlertsQuery } from "./home-queries.ts";

export function AlertsPanel() {
  const may = useMay();
  const alerts = useQuery({ ...openAlertsQuery, enabled: may("alert:read") });
  return (
    <Panel
      title="Open alerts"
      padded={false}
      actions={
        <PageLink to="/alerts" size="sm">
          All alerts
        </PageLink>
      }
    >
      <QueryView
        query={alerts}
        needs="alert:read"
        what="The list of alerts"
        isEmpty={(answer) => answer.alerts.length === 0}
        empty={
          <Empty title="No open alert" icon={IconBellCheck}>
            Drift, failed checks, revoked images and failed runs show up here.
          </Empty>
        }
      >
        {(answer) => (
          <AttentionList more={answer.next !== null}>
            {answer.alerts.map((alert) => (
              <AttentionItem
                key={alert.id}
                badge={<StatusBadge of="severity" status={alert.severity} />}
                aside={<Time at={alert.opened_at} />}
              >
                <PageLink to="/alerts/$alertId" params={{ alertId: alert.id }} size="sm" fw={500}>
                  {alert.title}
                </PageLink>
                {alert.workspace !== null && (
                  <Text size="xs" c="dimmed">
                    {alert.workspace.name}
                  </Text>
                )}
              </AttentionItem>
            ))}
          </AttentionList>
        )}
      </QueryView>
    </Panel>
  );
}
