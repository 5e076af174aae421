import { Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { formatDuration } from "../parts/format-time.ts";
import { findStatus } from "../parts/status.ts";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import type { RunDetail, RunPhase } from "./run-queries.ts";
import type { RunStage } from "./stages/stage-queries.ts";
import { stageNames, whoLooks, type StageKind } from "./stages/stage-words.ts";
import { shownStatus } from "./run-words.ts";
import classes from "./run-timeline.module.css";

/**
 * The phases of a run in their order, with the stages between them: when each began, how long it took, where and with what.
 */
export function RunTimeline({ run, stages }: { readonly run: RunDetail; readonly stages: readonly RunStage[] }) {
  const now = useSeconds(run.phases.some(({ status }) => status === "running"));
  const plan = run.phases.find((phase) => phase.kind === "plan");
  const apply = run.phases.find((phase) => phase.kind === "apply");
  const step = (kind: StageKind) => {
    const stage = stages.find((one) => one.stage === kind);
    return stage === undefined ? null : <StageStep stage={stage} />;
  };
  return (
    <ol className={classes["timeline"]} aria-label="Phases of the run">
      <Step tone="good" title="Queued">
        <Time at={run.created_at} /> by {run.created_by}
      </Step>
      {step("pre_plan")}
      <PhaseStep title="Plan" phase={plan} now={now} />
      {step("post_plan")}
      {!run.plan_only && <ApprovalStep run={run} plan={plan} />}
      {!run.plan_only && step("pre_apply")}
      {!run.plan_only && <PhaseStep title="Apply" phase={apply} now={now} />}
      {!run.plan_only && step("post_apply")}
    </ol>
  );
}

function StageStep({ stage }: { readonly stage: RunStage }) {
  return (
    <Step
      tone={findStatus("stage", stage.status).tone}
      title={stageNames[stage.stage]}
      badge={<StatusBadge of="stage" status={stage.status} />}
    >
      {whoLooks(stage)}
      {stage.override !== null && ` · overridden by ${stage.override.by}`}
    </Step>
  );
}

function ApprovalStep({ run, plan }: { readonly run: RunDetail; readonly plan: RunPhase | undefined }) {
  if (shownStatus(run) === "waiting") {
    return (
      <Step tone="warn" title="Approval" badge={<StatusBadge of="run" status="waiting" />}>
        A person decides whether the plan is applied.
      </Step>
    );
  }
  if (run.confirmed_by !== null) {
    return (
      <Step tone="good" title="Approved">
        by {run.confirmed_by}
      </Step>
    );
  }
  if (run.status === "discarded") {
    return (
      <Step tone="quiet" title="Discarded">
        Nothing was applied.
      </Step>
    );
  }
  const reached = run.phases.some((phase) => phase.kind === "apply" && phase.started_at !== null);
  if (reached || ["apply_queued", "confirmed", "pre_apply_running"].includes(run.status)) {
    return (
      <Step tone="good" title="Approval">
        Not needed: the run applies by itself.
      </Step>
    );
  }
  if (run.status === "planned_and_saved") {
    return (
      <Step tone="quiet" title="Approval">
        The plan is kept until somebody applies it.
      </Step>
    );
  }
  const nothing = run.status === "planned_and_finished";
  return (
    <Step tone="quiet" title="Approval">
      {nothing ? "Not needed: nothing to apply." : plan?.ended_at == null ? "After the plan." : "Not reached."}
    </Step>
  );
}

function PhaseStep(props: { readonly title: string; readonly phase: RunPhase | undefined; readonly now: number }) {
  const { title, phase, now } = props;
  if (phase === undefined) {
    return (
      <Step tone="quiet" title={title}>
        Not yet.
      </Step>
    );
  }
  const took = duration(phase, now);
  const facts = [took, phase.runner === null ? undefined : `runner ${phase.runner}`, engineName(phase.engine)].filter(
    (fact) => fact !== undefined,
  );
  return (
    <Step
      tone={findStatus("phase", phase.status).tone}
      title={title}
      badge={<StatusBadge of="phase" status={phase.status} />}
    >
      {phase.started_at !== null && (
        <>
          <Time at={phase.started_at} />
          {facts.length > 0 && " · "}
        </>
      )}
      {facts.join(" · ")}
      {phase.started_at === null &&
        facts.length === 0 &&
        (phase.status === "unreachable" ? "Not reached." : "Not yet.")}
    </Step>
  );
}

function duration(phase: RunPhase, now: number): string | undefined {
  if (phase.started_at === null) return undefined;
  const took = (phase.ended_at === null ? now : Date.parse(phase.ended_at)) - Date.parse(phase.started_at);
  // The clocks of the server and of this machine differ; less than nothing is not shown.
  return took < 1000 && phase.ended_at === null ? undefined : formatDuration(took);
}

/** The time in milliseconds, renewed each second while something runs. */
function useSeconds(runs: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!runs) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [runs]);
  return now;
}

function engineName(engine: RunPhase["engine"]): string | undefined {
  if (engine === null) return undefined;
  return typeof engine === "string" ? engine : `${engine.name} ${engine.version}`;
}

function Step(props: {
  readonly tone: string;
  readonly title: string;
  readonly badge?: React.ReactNode;
  readonly children: React.ReactNode;
}) {
  return (
    <li className={classes["step"]} data-tone={props.tone}>
      <div className={classes["title"]}>
        {props.title} {props.badge}
      </div>
      <Text size="xs" c="dimmed" component="div">
        {props.children}
      </Text>
    </li>
  );
}
