import { Text } from "@mantine/core";
import { IconChecks } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { RunSummary } from "../api/types.ts";
import { PageLink } from "../parts/link.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { useMay } from "../session/use-session.ts";
import { AttentionItem, AttentionList } from "./attention-list.tsx";
import { waitingRunsQuery } from "./home-queries.ts";

export function WaitingRunsPanel() {
  const may = useMay();
  const runs = useQuery({ ...waitingRunsQuery, enabled: may("run:read") });
  return (
    <Panel
      title="Runs that wait for approval"
      padded={false}
      actions={
        <PageLink to="/runs" size="sm">
          All runs
        </PageLink>
      }
    >
      <QueryView
        query={runs}
        needs="run:read"
        what="The list of waiting runs"
        isEmpty={(answer) => answer.runs.length === 0}
        empty={
          <Empty title="No run waits" icon={IconChecks}>
            A plan that is not applied by itself shows up here until somebody approves or discards it.
          </Empty>
        }
      >
        {(answer) => (
          <AttentionList more={answer.next !== null}>
            {answer.runs.map((run) => (
              <AttentionItem
                key={run.id}
                badge={<StatusBadge of="run" status="waiting" />}
                aside={<Time at={run.updated_at} />}
              >
                <PageLink to="/runs/$runId" params={{ runId: run.id }} size="sm" fw={500}>
                  {run.workspace.name} #{run.number}
                </PageLink>
                <Text size="xs" c="dimmed" lineClamp={2}>
                  {[run.message, countsText(run)].filter((text) => text !== "").join(" · ")}
                </Text>
              </AttentionItem>
            ))}
          </AttentionList>
        )}
      </QueryView>
    </Panel>
  );
}

function countsText({ counts }: RunSummary): string {
  if (counts === null) return "";
  return `${String(counts.additions)} to add, ${String(counts.changes)} to change, ${String(counts.destructions)} to destroy`;
}
