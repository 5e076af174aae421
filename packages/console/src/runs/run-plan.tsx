import { Box, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconArrowRight, IconMap } from "@tabler/icons-react";
import { useState } from "react";
import { Notice } from "../parts/notice.tsx";
import { ChangeList, OutputChanges } from "../changes/change-list.tsx";
import { CheckList } from "../changes/check-list.tsx";
import { summarizeChanges, summarizeChecks } from "../changes/describe-change.ts";
import type { ChangeKind } from "../changes/resource-change.ts";
import { VersionLink } from "../images/version-link.tsx";
import { Identifier } from "../parts/identifier.tsx";
import { Panel } from "../parts/panel.tsx";
import { plural } from "../parts/plural.ts";
import { Empty } from "../parts/states.tsx";
import type { ImageOfChange, RunDetail, RunPlan } from "./run-queries.ts";
import classes from "./run-plan.module.css";

/** What a run would change or has changed, the images first. */
export function RunPlanView({ run, plan }: { readonly run: RunDetail; readonly plan: RunPlan }) {
  const changes = plan.changes.filter((change) => change.kind !== "none");
  return (
    <Stack gap="md">
      {plan.image_changes.length > 0 && <ImageChanges plan={plan} />}
      {run.refresh_only ? null : <Changes changes={changes} />}
      {plan.drift.length > 0 && (
        <Panel
          title={run.refresh_only ? "What the state takes over" : "Changed outside"}
          description={
            run.refresh_only
              ? "Found by the refresh: applying this run writes it into the state and touches no resource."
              : "Found by the refresh of this plan: it differs from what was applied last."
          }
          padded={false}
        >
          <ChangeList changes={plan.drift} sort="drift" />
        </Panel>
      )}
      {run.refresh_only && plan.drift.length === 0 && (
        <Panel title="What the state takes over" padded={false}>
          <Empty icon={IconMap} title="Nothing changed outside">
            The state already says what is there.
          </Empty>
        </Panel>
      )}
      {plan.outputs.length > 0 && (
        <Panel title="Outputs" padded={false}>
          <OutputChanges outputs={plan.outputs} />
        </Panel>
      )}
      {plan.checks.length > 0 && (
        <Panel title="Checks" description={summarizeChecks(plan.checks)} padded={false}>
          <CheckList checks={plan.checks} />
        </Panel>
      )}
    </Stack>
  );
}

function ImageChanges({ plan }: { readonly plan: RunPlan }) {
  return (
    <Panel
      title="Image changes"
      description={`${plural(plan.image_changes.length, "place")} where this run changes what is booted`}
      padded={false}
    >
      {plan.image_changes.map((change) => (
        <div key={`${change.resource} ${change.attribute}`} className={classes["image"]}>
          <div className={classes["where"]}>
            <span className={classes["address"]}>{change.resource}</span>
            <Text span size="xs" c="dimmed">
              {change.attribute}
            </Text>
          </div>
          <ImageName image={change.from} none="no image" />
          <IconArrowRight size={16} aria-label="becomes" className={classes["arrow"]} />
          <ImageName image={change.to} none={change.unknown ? "known after apply" : "no image"} />
        </div>
      ))}
    </Panel>
  );
}

function ImageName({ image, none }: { readonly image: ImageOfChange | null; readonly none: string }) {
  if (image === null) {
    return (
      <Text span size="sm" c="dimmed">
        {none}
      </Text>
    );
  }
  return (
    <div style={{ minWidth: 0 }}>
      <Text size="sm" fw={600}>
        {image.bucket === null || image.version === null ? (
          <Text span c="dimmed" inherit fw={400}>
            not in the registry
          </Text>
        ) : (
          <VersionLink bucket={image.bucket} version={image.version}>
            {image.bucket} {image.version}
          </VersionLink>
        )}
      </Text>
      <Identifier value={image.identifier} maxWidth={280} />
    </div>
  );
}

const filters: readonly { readonly value: string; readonly label: string; readonly kinds: readonly ChangeKind[] }[] = [
  { value: "all", label: "All", kinds: [] },
  { value: "destroy", label: "Destroys", kinds: ["delete", "replace"] },
  { value: "update", label: "Updates", kinds: ["update"] },
  { value: "create", label: "Creates", kinds: ["create", "replace"] },
];

// Below this a filter is only noise.
const filterFrom = 8;

function Changes({ changes }: { readonly changes: RunPlan["changes"] }) {
  const [filter, setFilter] = useState("all");
  const kinds = filters.find(({ value }) => value === filter)?.kinds ?? [];
  const shown = kinds.length === 0 ? changes : changes.filter((change) => kinds.includes(change.kind));
  return (
    <Panel
      title="Planned changes"
      description={changes.length === 0 ? undefined : summarizeChanges(changes)}
      padded={false}
      actions={
        changes.length < filterFrom ? undefined : (
          <SegmentedControl
            size="xs"
            aria-label="Which changes"
            data={filters.map(({ value, label }) => ({ value, label }))}
            value={filter}
            onChange={setFilter}
          />
        )
      }
    >
      {changes.length === 0 ? (
        <Empty icon={IconMap} title="No resource changes">
          What runs is what the configuration says.
        </Empty>
      ) : shown.length === 0 ? (
        <Empty title="No change of this kind" />
      ) : (
        <ChangeList changes={shown} sort="plan" />
      )}
    </Panel>
  );
}

/** In the place of a plan that is not there, and why. */
export function NoPlan({ run }: { readonly run: RunDetail }) {
  const ended = ["errored", "canceled", "discarded"].includes(run.status);
  return (
    <Box>
      {ended ? (
        <Empty title="This run has no plan">It ended before its plan was complete. The log says how far it came.</Empty>
      ) : (
        <Notice tone="busy">
          The plan is not ready yet. It appears here by itself; the log shows what is going on.
        </Notice>
      )}
    </Box>
  );
}
