import { Group, Paper, Stack, Tabs, Text } from "@mantine/core";
import { IconAlertTriangle, IconArrowRight } from "@tabler/icons-react";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useRef } from "react";
import { Notice } from "../parts/notice.tsx";
import { isApiError } from "../api/api-error.ts";
import { Identifier } from "../parts/identifier.tsx";
import { PageLink } from "../parts/link.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty, Failure, Loading } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { useMay, useSession } from "../session/use-session.ts";
import { LogView } from "./log/log-view.tsx";
import type { RunView } from "./run-view.ts";
import { RunActions } from "./run-actions.tsx";
import { NoPlan, RunPlanView } from "./run-plan.tsx";
import { RunHistory } from "./history/run-history.tsx";
import { RunOptionsPanel } from "./run-options.tsx";
import { runOptionsQuery } from "./run-options-query.ts";
import { runPlanQuery, runQuery, type PhaseKind, type RunDetail, type RunPlan } from "./run-queries.ts";
import { OverrideNotice } from "./stages/override-notice.tsx";
import { RunChecks } from "./stages/run-checks.tsx";
import { runStagesQuery, type RunStage } from "./stages/stage-queries.ts";
import { RunTimeline } from "./run-timeline.tsx";
import { countsText, describeCause, isFinal, shownStatus, sortOfRun } from "./run-words.ts";

/** One run, by its id. */
export function RunPage() {
  const { runId = "" } = useParams({ strict: false });
  return <RunById key={runId} id={runId} />;
}

/** One run at the address that the command lines print, which names the organization too. */
export function LinkedRunPage() {
  const { runId = "", organization } = useParams({ strict: false });
  const session = useSession();
  if (organization !== session.organization.name) {
    return (
      <>
        <PageHeader title="Run" />
        <Empty title={`This run belongs to the organization ${organization ?? ""}`}>
          {`You are signed in to ${session.organization.name}. Sign in with a token of that organization to see it.`}
        </Empty>
      </>
    );
  }
  return <RunById key={runId} id={runId} />;
}

function RunById({ id }: { readonly id: string }) {
  const may = useMay();
  const query = useQuery({ ...runQuery(id), enabled: may("run:read") });
  if (query.data === undefined) {
    return (
      <>
        <PageHeader title="Run" trail={[<RunsLink key="runs" />]} />
        <QueryView query={query} needs="run:read" what="This run" loading={<Loading rows={8} />}>
          {() => null}
        </QueryView>
      </>
    );
  }
  return <RunScreen run={query.data} />;
}

function RunsLink() {
  return <PageLink to="/runs">Runs</PageLink>;
}

function RunScreen({ run }: { readonly run: RunDetail }) {
  const phase = run.phases.find(({ kind }) => kind === "plan");
  const planned = run.status === "errored" || phase?.status === "finished" || isFinal(run.status);
  const plan = useQuery({ ...runPlanQuery(run.id), enabled: planned });
  const stages = useQuery(runStagesQuery(run.id, !isFinal(run.status)));
  const options = useQuery(runOptionsQuery(run.id)).data;
  const title = run.message.trim() === "" ? `Run ${String(run.number)}` : run.message;
  return (
    <>
      <PageHeader
        title={title}
        trail={[
          <RunsLink key="runs" />,
          <PageLink
            key="workspace"
            to="/workspaces/$workspaceId"
            params={{ workspaceId: run.workspace.id }}
            search={{ tab: "runs" }}
          >
            {run.workspace.name}
          </PageLink>,
          <span key="run">#{run.number}</span>,
        ]}
        status={<StatusBadge of="run" status={shownStatus(run)} />}
        description={<RunFacts run={run} />}
        actions={<RunActions run={run} plan={plan.data} mayForceExecute={options?.permissions["can-force-execute"]} />}
      />
      <Stack gap="md">
        <RunProblem run={run} />
        <OverrideNotice stages={stages.data ?? []} />
        <Paper withBorder p="md">
          <RunTimeline run={run} stages={stages.data ?? []} />
        </Paper>
        {options !== undefined && <RunOptionsPanel options={options} />}
        <RunBody run={run} plan={plan} stages={stages} mayComment={options?.permissions["can-comment"] ?? false} />
      </Stack>
    </>
  );
}

function RunFacts({ run }: { readonly run: RunDetail }) {
  const cause = describeCause(run);
  const sort = sortOfRun(run);
  return (
    <Stack gap={2}>
      <span>
        {run.cause === null ? cause.text : `Because: ${cause.text}`}
        {cause.bucket !== undefined && (
          <>
            {" ("}
            <PageLink to="/images/$bucket" params={{ bucket: cause.bucket }} underline="always">
              {cause.bucket}
            </PageLink>
            )
          </>
        )}
        {sort !== undefined && ` · ${sort}`}
      </span>
      <Group gap={6}>
        <Time at={run.created_at} />
        {run.counts !== null && <span>· {run.has_changes === false ? "no changes" : countsText(run.counts)}</span>}
        {run.confirmed_by !== null && <span>· approved by {run.confirmed_by}</span>}
        {run.canceled_by !== null && <span>· canceled by {run.canceled_by}</span>}
        <span>
          · <Identifier value={run.id} />
        </span>
      </Group>
    </Stack>
  );
}

function RunProblem({ run }: { readonly run: RunDetail }) {
  if (run.error_message === null) return null;
  const failed = run.status === "errored";
  return (
    <Notice
      tone={failed ? "bad" : "warn"}
      urgent
      title={failed ? titleOfFailure(run.error_message) : "Note"}
      icon={IconAlertTriangle}
    >
      <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {run.error_message}
      </Text>
      {failed && (
        <Group gap="md" mt={6}>
          <PageLink to="/where" size="sm">
            Which images run where <IconArrowRight size={13} aria-hidden style={{ verticalAlign: -2 }} />
          </PageLink>
          <PageLink to="/workspaces/$workspaceId" params={{ workspaceId: run.workspace.id }} size="sm">
            To the workspace, to start another run{" "}
            <IconArrowRight size={13} aria-hidden style={{ verticalAlign: -2 }} />
          </PageLink>
        </Group>
      )}
    </Notice>
  );
}

/** The server refuses plans that use images they must not; everything else went wrong by itself. */
function titleOfFailure(message: string): string {
  return message.startsWith("Error: image check") ? "This run was refused by the image check" : "This run failed";
}

function RunBody(props: {
  readonly run: RunDetail;
  readonly plan: UseQueryResult<RunPlan>;
  readonly stages: UseQueryResult<readonly RunStage[]>;
  readonly mayComment: boolean;
}) {
  const { run, plan, stages } = props;
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const automatic = useAutomaticView(run, stages.data ?? []);
  const view = search.view ?? automatic;

  const hasApply = run.phases.some(({ kind, started_at }) => kind === "apply" && started_at !== null);
  return (
    <Tabs
      value={view}
      onChange={(value) =>
        void navigate({ to: ".", search: (before) => ({ ...before, view: value as RunView }), replace: true })
      }
      keepMounted={false}
    >
      <Tabs.List mb="md">
        <Tabs.Tab value="changes">Changes</Tabs.Tab>
        <Tabs.Tab value="checks">Checks</Tabs.Tab>
        <Tabs.Tab value="plan">Log of the plan</Tabs.Tab>
        {!run.plan_only && (
          <Tabs.Tab value="apply" disabled={!hasApply}>
            Log of the apply
          </Tabs.Tab>
        )}
        <Tabs.Tab value="history">History</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="changes">
        <PlanQueryView run={run} query={plan} />
      </Tabs.Panel>
      <Tabs.Panel value="checks">
        <RunChecks query={stages} />
      </Tabs.Panel>
      <Tabs.Panel value="history">
        <RunHistory runId={run.id} mayComment={props.mayComment} />
      </Tabs.Panel>
      {(["plan", "apply"] as const).map((kind) => (
        <Tabs.Panel key={kind} value={kind}>
          <PhaseLog run={run} kind={kind} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

/**
 * What matters while nobody has chosen: the log while something runs or when it failed, the checks when they hold it up or
 * have ended it, and the changes otherwise. Whoever has watched an apply stays with its log.
 */
function useAutomaticView(run: RunDetail, stages: readonly RunStage[]): RunView {
  const watched = useRef(false);
  const running = run.phases.find(({ status }) => status === "running");
  if (running?.kind === "apply") watched.current = true;
  if (watched.current) return "apply";
  const phase = running ?? run.phases.find(({ status }) => status === "errored");
  if (phase !== undefined) return phase.kind;
  return stages.some(({ status }) => holdsUp.includes(status)) ? "checks" : "changes";
}

const holdsUp: readonly string[] = ["running", "awaiting_override", "failed", "errored"];

function PlanQueryView({ run, query }: { readonly run: RunDetail; readonly query: UseQueryResult<RunPlan> }) {
  if (query.data !== undefined) return <RunPlanView run={run} plan={query.data} />;
  if (query.error !== null) {
    if (isApiError(query.error) && query.error.status === 404) return <NoPlan run={run} />;
    return <Failure error={query.error} what="The plan" retry={() => void query.refetch()} />;
  }
  return query.isFetching ? <Loading rows={5} /> : <NoPlan run={run} />;
}

function PhaseLog({ run, kind }: { readonly run: RunDetail; readonly kind: PhaseKind }) {
  const phase = run.phases.find((candidate) => candidate.kind === kind);
  if (phase === undefined || (phase.log_bytes === 0 && phase.log_closed)) {
    return (
      <Empty title={`The ${kind} has written no log`}>It was not reached, or ended before its engine started.</Empty>
    );
  }
  return <LogView path={`/api/v1/runs/${run.id}/logs/${kind}`} name={`${run.id}-${kind}`} />;
}
