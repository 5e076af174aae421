import { Stack, Text } from "@mantine/core";
import { IconCircleCheck, IconHelpCircle, IconListCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Notice } from "../parts/notice.tsx";
import { ChangeList } from "../changes/change-list.tsx";
import { CheckList } from "../changes/check-list.tsx";
import { summarizeChanges, summarizeChecks } from "../changes/describe-change.ts";
import { Panel } from "../parts/panel.tsx";
import { plural } from "../parts/plural.ts";
import { Empty } from "../parts/states.tsx";
import { healthOf } from "./health-words.ts";
import type { AssessmentDetail } from "./health-queries.ts";

/** Everything an assessment found. One that did not succeed found nothing, which is not the same as finding nothing wrong. */
export function Findings({
  assessment,
  driftActions,
}: {
  readonly assessment: AssessmentDetail;
  readonly driftActions?: ReactNode;
}) {
  if (assessment.status !== "finished" || assessment.succeeded !== true) {
    return <NothingKnown assessment={assessment} />;
  }
  const { drift, pending, checks } = assessment;
  return (
    <Stack gap="md">
      {healthOf(assessment) === "unknown" && (
        <Notice tone="warn" icon={IconHelpCircle}>
          A check could not be evaluated, so the health is unknown.
        </Notice>
      )}
      <Panel
        title="Drift"
        description={
          drift.length === 0
            ? undefined
            : `${plural(drift.length, "resource")} ${drift.length === 1 ? "differs" : "differ"} from what was applied`
        }
        actions={drift.length === 0 ? undefined : driftActions}
        padded={false}
      >
        {drift.length === 0 ? (
          <Empty icon={IconCircleCheck} title="No drift">
            {`${plural(assessment.resources_undrifted ?? 0, "resource")} ${assessment.resources_undrifted === 1 ? "is" : "are"} as applied.`}
          </Empty>
        ) : (
          <ChangeList changes={drift} sort="drift" />
        )}
      </Panel>
      <Panel title="Checks" description={checks.length === 0 ? undefined : summarizeChecks(checks)} padded={false}>
        {checks.length === 0 ? (
          <Empty icon={IconListCheck} title="The configuration has no checks">
            Write check blocks, preconditions or postconditions: they are evaluated with every assessment.
          </Empty>
        ) : (
          <CheckList checks={checks} />
        )}
      </Panel>
      {pending.length > 0 && (
        <Panel
          title="Not drift, but a run would change it"
          description={`For example since a channel moved or the configuration is newer: ${summarizeChanges(pending)}`}
          padded={false}
        >
          <ChangeList changes={pending} sort="plan" />
        </Panel>
      )}
    </Stack>
  );
}

function NothingKnown({ assessment }: { readonly assessment: AssessmentDetail }) {
  const canceled = assessment.status === "canceled";
  if (assessment.status === "queued" || assessment.status === "running") {
    return <Notice tone="busy">The assessment is not finished. What it finds appears here by itself.</Notice>;
  }
  return (
    <Notice
      tone="warn"
      title={
        canceled ? "The assessment was canceled: the health is unknown" : "The assessment failed: the health is unknown"
      }
      icon={IconHelpCircle}
    >
      <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {assessment.error_message ??
          (canceled ? "A run of the workspace went first." : "Its log says why it did not come to an end.")}
      </Text>
    </Notice>
  );
}
