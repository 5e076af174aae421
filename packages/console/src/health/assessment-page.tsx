import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { PageLink } from "../parts/link.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { appendText, emptyLog } from "../runs/log/log-lines.ts";
import { WholeLog } from "../runs/log/log-view.tsx";
import { useMay } from "../session/use-session.ts";
import { workspaceQuery } from "../workspaces/workspace-queries.ts";
import { DriftActions } from "./drift-actions.tsx";
import { Findings } from "./findings.tsx";
import { assessmentLogQuery, assessmentQuery, healthQuery, type AssessmentDetail } from "./health-queries.ts";
import { describeResult, healthOf } from "./health-words.ts";

/** One assessment with everything it found and what its engine printed. */
export function AssessmentPage() {
  const { assessmentId = "" } = useParams({ strict: false });
  const may = useMay();
  const query = useQuery({ ...assessmentQuery(assessmentId), enabled: may("assessment:read") });
  const { data } = query;
  return (
    <>
      <PageHeader
        title={data === undefined ? "Assessment" : `Assessment of ${data.workspace.name}`}
        trail={[
          <PageLink key="health" to="/health">
            Health
          </PageLink>,
          ...(data === undefined
            ? []
            : [
                <PageLink
                  key="workspace"
                  to="/workspaces/$workspaceId"
                  params={{ workspaceId: data.workspace.id }}
                  search={{ tab: "health" }}
                >
                  {data.workspace.name}
                </PageLink>,
              ]),
        ]}
        status={data !== undefined && <AssessmentStatus assessment={data} />}
        description={data !== undefined && <AssessmentFacts assessment={data} />}
      />
      <QueryView query={query} needs="assessment:read" what="This assessment">
        {(assessment) => (
          <Stack gap="md">
            <Findings assessment={assessment} driftActions={<LatestDriftActions assessment={assessment} />} />
            <Log assessment={assessment} />
          </Stack>
        )}
      </QueryView>
    </>
  );
}

function AssessmentStatus({ assessment }: { readonly assessment: AssessmentDetail }) {
  return assessment.status === "finished" ? (
    <StatusBadge of="health" status={healthOf(assessment)} />
  ) : (
    <StatusBadge of="assessment" status={assessment.status} />
  );
}

function AssessmentFacts({ assessment }: { readonly assessment: AssessmentDetail }) {
  const engine = assessment.engine === null ? "" : ` · ${assessment.engine.name} ${assessment.engine.version}`;
  const runner = assessment.runner == null ? "" : ` · runner ${assessment.runner}`;
  return (
    <>
      {describeResult(assessment)} · <Time at={assessment.finished_at ?? assessment.queued_at} /> ·{" "}
      {assessment.trigger === "schedule" ? "on schedule" : `asked for by ${assessment.requested_by ?? "somebody"}`}
      {runner}
      {engine}
    </>
  );
}

/** What an older assessment found may be gone: only the latest one offers to do something about it. */
function LatestDriftActions({ assessment }: { readonly assessment: AssessmentDetail }) {
  const health = useQuery(healthQuery(assessment.workspace.id));
  const workspace = useQuery(workspaceQuery(assessment.workspace.id));
  if (health.data?.latest?.id !== assessment.id) return null;
  return (
    <DriftActions
      workspace={assessment.workspace}
      drift={assessment.drift}
      autoApply={workspace.data?.settings.auto_apply}
    />
  );
}

function Log({ assessment }: { readonly assessment: AssessmentDetail }) {
  const query = useQuery(assessmentLogQuery(assessment.id));
  const text = useMemo(() => appendText(emptyLog, query.data ?? ""), [query.data]);
  return (
    <Panel title="What the engine printed" padded={false}>
      <QueryView
        query={query}
        what="The log"
        isEmpty={(log) => log === ""}
        empty={<Empty title="No log">The engine has printed nothing yet, or was never started.</Empty>}
      >
        {(log) => <WholeLog text={text} raw={log} name={assessment.id} />}
      </QueryView>
    </Panel>
  );
}
