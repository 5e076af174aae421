import { Group, Paper, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Notice } from "../parts/notice.tsx";
import type { WorkspaceRef } from "../api/types.ts";
import { DataTable } from "../parts/data-table.tsx";
import { formatDuration } from "../parts/format-time.ts";
import { PageLink } from "../parts/link.tsx";
import { LoadMore } from "../parts/load-more.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { DueTime, Time } from "../parts/time.tsx";
import { useMay } from "../session/use-session.ts";
import type { WorkspaceDetail } from "../workspaces/workspace-queries.ts";
import { AssessButton } from "./assess-button.tsx";
import { DriftActions } from "./drift-actions.tsx";
import { Findings } from "./findings.tsx";
import { assessmentsQuery, healthQuery, type Assessment, type WorkspaceHealth } from "./health-queries.ts";
import { describeResult, healthOf } from "./health-words.ts";

/** The health of one workspace: what the latest assessment found, what to do about it, and the ones before. */
export function WorkspaceHealthView(props: { readonly workspace: WorkspaceDetail }) {
  const { workspace } = props;
  const may = useMay();
  const query = useQuery({ ...healthQuery(workspace.id), enabled: may("assessment:read") });
  return (
    <QueryView query={query} needs="assessment:read" what="The health of this workspace">
      {(health) => (
        <Stack gap="md">
          <Summary workspace={workspace} health={health} />
          {health.latest !== null && <RunSince workspace={workspace} assessment={health.latest} />}
          {health.latest !== null && (
            <Findings
              assessment={health.latest}
              driftActions={
                <DriftActions
                  workspace={workspace}
                  drift={health.latest.drift}
                  autoApply={workspace.settings.auto_apply}
                />
              }
            />
          )}
          <History workspaceId={workspace.id} />
        </Stack>
      )}
    </QueryView>
  );
}

function Summary({ workspace, health }: { readonly workspace: WorkspaceRef; readonly health: WorkspaceHealth }) {
  const { latest, running } = health;
  const scheduled = health.enabled || health.enforced;
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" gap="sm" align="flex-start">
        <Stack gap={4}>
          <Group gap="xs">
            <StatusBadge of="health" status={latest === null ? (scheduled ? "unknown" : "off") : healthOf(latest)} />
            {latest === null ? (
              <Text size="sm">Never assessed.</Text>
            ) : (
              <Text size="sm">
                {describeResult(latest)} · <Time at={latest.finished_at ?? latest.queued_at} />{" "}
                <PageLink
                  to="/health/assessments/$assessmentId"
                  params={{ assessmentId: latest.id }}
                  underline="always"
                >
                  assessment
                </PageLink>
              </Text>
            )}
          </Group>
          <Text size="sm" c="dimmed" component="div">
            {scheduled ? (
              <>
                Assessed on a schedule{health.enforced && " (the organization demands it)"}; next{" "}
                <DueTime at={health.next_assessment_at} otherwise="not planned" />.
              </>
            ) : (
              "Not assessed on a schedule: switch it on in the settings of the workspace."
            )}
          </Text>
          {running !== null && (
            <Group gap="xs">
              <StatusBadge of="assessment" status={running.status} />
              <Text size="sm">
                <PageLink
                  to="/health/assessments/$assessmentId"
                  params={{ assessmentId: running.id }}
                  underline="always"
                >
                  An assessment
                </PageLink>{" "}
                is under way since <Time at={running.started_at ?? running.queued_at} />.
              </Text>
            </Group>
          )}
        </Stack>
        <AssessButton workspace={workspace} busy={running !== null} refused={!health.assessable} />
      </Group>
      {health.reason !== null && running === null && <Notice tone="busy">{health.reason}</Notice>}
    </Paper>
  );
}

/** What an assessment found before the newest run may be gone by now. */
function RunSince(props: { readonly workspace: WorkspaceDetail; readonly assessment: Assessment }) {
  const { current_run: run } = props.workspace;
  const looked = props.assessment.started_at ?? props.assessment.queued_at;
  if (run === null || run.status !== "applied" || Date.parse(run.created_at) < Date.parse(looked)) return null;
  return (
    <Notice tone="warn">
      A{" "}
      <PageLink to="/runs/$runId" params={{ runId: run.id }} underline="always">
        run
      </PageLink>{" "}
      was applied after this assessment, so what it found may be gone. Assess again to know.
    </Notice>
  );
}

function History({ workspaceId }: { readonly workspaceId: string }) {
  const query = useInfiniteQuery(assessmentsQuery(workspaceId));
  return (
    <Panel title="Assessments" padded={false}>
      <QueryView
        query={query}
        what="The history of assessments"
        isEmpty={({ pages }) => pages.every((page) => page.assessments.length === 0)}
        empty={<Empty title="No assessments yet">Ask for one with Assess now.</Empty>}
      >
        {({ pages }) => (
          <>
            <AssessmentTable assessments={pages.flatMap((page) => page.assessments)} />
            <LoadMore query={query} />
          </>
        )}
      </QueryView>
    </Panel>
  );
}

function AssessmentTable({ assessments }: { readonly assessments: readonly Assessment[] }) {
  return (
    <DataTable
      label="Assessments"
      rows={assessments}
      rowKey={(assessment) => assessment.id}
      columns={[
        {
          key: "when",
          header: "When",
          cell: (assessment) => (
            <PageLink to="/health/assessments/$assessmentId" params={{ assessmentId: assessment.id }}>
              <Time at={assessment.queued_at} />
            </PageLink>
          ),
        },
        {
          key: "health",
          header: "Health",
          cell: (assessment) =>
            assessment.status === "queued" || assessment.status === "running" ? (
              <StatusBadge of="assessment" status={assessment.status} />
            ) : (
              <StatusBadge of="health" status={healthOf(assessment)} />
            ),
        },
        { key: "result", header: "Result", cell: describeResult },
        {
          key: "why",
          header: "Asked by",
          from: "sm",
          cell: (assessment) =>
            assessment.trigger === "schedule" ? "schedule" : (assessment.requested_by ?? "somebody"),
        },
        {
          key: "took",
          header: "Took",
          numeric: true,
          from: "sm",
          cell: (assessment) =>
            assessment.started_at === null || assessment.finished_at === null
              ? "–"
              : formatDuration(Date.parse(assessment.finished_at) - Date.parse(assessment.started_at)),
        },
      ]}
    />
  );
}
