import { Group, Stack, Text } from "@mantine/core";
import { IconListCheck } from "@tabler/icons-react";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { Panel } from "../../parts/panel.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { Empty, Loading } from "../../parts/states.tsx";
import { StatusBadge } from "../../parts/status-badge.tsx";
import { Time } from "../../parts/time.tsx";
import { setOutcomesQuery, type PolicyEvaluation, type PolicyOutcome, type RunStage } from "./stage-queries.ts";
import { countsOfEvaluation, stageNames } from "./stage-words.ts";
import { TaskResultLine } from "./task-result-line.tsx";
import classes from "./stages.module.css";

/** What run tasks and policies have said about a run, stage by stage. */
export function RunChecks({ query }: { readonly query: UseQueryResult<readonly RunStage[]> }) {
  return (
    <QueryView
      query={query}
      needs="run:read"
      what="The checks of this run"
      isEmpty={(stages) => stages.length === 0}
      empty={
        <Empty icon={IconListCheck} title="Nobody is asked about this run">
          No run task and no policy set was attached to its workspace when it was made.
        </Empty>
      }
    >
      {(stages) => (
        <Stack gap="md">
          {stages.map((stage) => (
            <StagePanel key={stage.id} stage={stage} />
          ))}
        </Stack>
      )}
    </QueryView>
  );
}

function StagePanel({ stage }: { readonly stage: RunStage }) {
  const nothing = stage.tasks.length === 0 && stage.evaluations.length === 0;
  return (
    <Panel
      title={stageNames[stage.stage]}
      actions={<StatusBadge of="stage" status={stage.status} />}
      description={stage.override === null ? undefined : <OverrideText override={stage.override} />}
      padded={false}
    >
      {nothing && (
        <Text size="sm" c="dimmed" px="md" py="sm">
          Nobody is asked at this point.
        </Text>
      )}
      {stage.evaluations.map((evaluation) => (
        <Evaluation key={evaluation.id} evaluation={evaluation} />
      ))}
      {stage.tasks.map((result) => (
        <TaskResultLine key={result.id} result={result} />
      ))}
    </Panel>
  );
}

function OverrideText({ override }: { readonly override: NonNullable<RunStage["override"]> }) {
  return (
    <>
      Overridden by {override.by} <Time at={override.at} />
      {override.comment !== null && override.comment !== "" && `: ${override.comment}`}
    </>
  );
}

const evaluated: readonly string[] = ["passed", "failed", "errored", "overridden"];

function Evaluation({ evaluation }: { readonly evaluation: PolicyEvaluation }) {
  const { attributes } = evaluation;
  const query = useQuery({
    ...setOutcomesQuery(evaluation.id, attributes.status),
    enabled: evaluated.includes(attributes.status),
  });
  const tool = [attributes["policy-kind"].toUpperCase(), attributes["policy-tool-version"]].filter(Boolean).join(" ");
  return (
    <div>
      <div className={classes["line"]}>
        <StatusBadge of="stage" status={attributes.status} />
        <span className={classes["name"]}>Policies</span>
        <Text span size="xs" c="dimmed">
          {tool} · {countsOfEvaluation(attributes["result-count"])}
        </Text>
      </div>
      {query.isFetching && query.data === undefined && <Loading rows={2} />}
      {query.data?.map(({ id, attributes: set }) => (
        <div key={id}>
          <div className={classes["set"]}>
            <b>{set["policy-set-name"]}</b>
            {set["policy-set-description"] !== "" && ` · ${set["policy-set-description"]}`}
            {set.overridable && " · its failures can be overridden"}
          </div>
          {set.error !== "" && <pre className={classes["output"]}>{set.error}</pre>}
          {sortOutcomes(set.outcomes).map((outcome) => (
            <PolicyLine key={outcome.policy_name} outcome={outcome} />
          ))}
        </div>
      ))}
    </div>
  );
}

/** What failed first, what stops the run before what does not. */
function sortOutcomes(outcomes: readonly PolicyOutcome[]): readonly PolicyOutcome[] {
  const rank = ({ status, enforcement_level: level }: PolicyOutcome) =>
    status === "passed" ? 2 : level === "mandatory" ? 0 : 1;
  return [...outcomes].sort((a, b) => rank(a) - rank(b));
}

function PolicyLine({ outcome }: { readonly outcome: PolicyOutcome }) {
  return (
    <div className={`${classes["line"] ?? ""} ${classes["inset"] ?? ""}`}>
      <StatusBadge of="stage" status={outcome.status} />
      <span className={classes["name"]}>{outcome.policy_name}</span>
      {outcome.description !== "" && (
        <Text span size="sm" c="dimmed">
          {outcome.description}
        </Text>
      )}
      <Group gap="xs" className={classes["right"] ?? ""}>
        <StatusBadge of="enforcement-level" status={outcome.enforcement_level} />
      </Group>
      {outcome.output.length > 0 && (
        <div className={`${classes["output"] ?? ""} ${classes["message"] ?? ""}`}>{outcome.output.join("\n")}</div>
      )}
    </div>
  );
}
