import { Button, Group, List, Stack, Text, Textarea } from "@mantine/core";
import { IconArrowForwardUp, IconHandStop } from "@tabler/icons-react";
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ConfirmDialog } from "../../parts/confirm-dialog.tsx";
import { Notice } from "../../parts/notice.tsx";
import { notifyDone } from "../../shell/notify.tsx";
import { overrideStage, setOutcomesQuery, type RunStage } from "./stage-queries.ts";

const commentLengthMax = 10_000;

/** Says that the run waits for somebody to override its policies, which ones those are, and lets whoever may do it. */
export function OverrideNotice({ stages }: { readonly stages: readonly RunStage[] }) {
  const stage = stages.find((one) => one.actions["is-overridable"]);
  return stage === undefined ? null : <WaitingStage key={stage.id} stage={stage} />;
}

function WaitingStage({ stage }: { readonly stage: RunStage }) {
  const queries = useQueryClient();
  const [asked, setAsked] = useState(false);
  const [comment, setComment] = useState("");
  const failed = useFailedPolicies(stage);
  const may = stage.permissions["can-override-policy"];

  async function override(): Promise<void> {
    await overrideStage(stage.id, comment.trim());
    notifyDone("Overridden. The run goes on.");
    await queries.invalidateQueries({ queryKey: ["runs"] });
  }

  return (
    <Notice tone="warn" icon={IconHandStop} title="A mandatory policy failed: the run waits for an override">
      <Stack gap="xs">
        <FailedPolicies failed={failed} />
        {may ? (
          <Group gap="xs">
            <Button
              size="compact-sm"
              leftSection={<IconArrowForwardUp size={16} aria-hidden />}
              onClick={() => setAsked(true)}
            >
              Override
            </Button>
            <Text span size="sm" c="dimmed">
              Or discard the run, and mend what it would do.
            </Text>
          </Group>
        ) : (
          <Text size="sm">
            Only whoever manages the policies can override them. You can ask them, or discard the run.
          </Text>
        )}
      </Stack>
      <ConfirmDialog
        opened={asked}
        onClose={() => setAsked(false)}
        title="Override the policies?"
        confirm="Override"
        danger
        onConfirm={override}
      >
        <Stack gap="sm">
          <Text size="sm">The run goes on though these mandatory policies say that it must not:</Text>
          <FailedPolicies failed={failed} />
          <Textarea
            label="Comment"
            description="Why it is right this time. It stays with the run."
            autosize
            minRows={2}
            maxLength={commentLengthMax}
            value={comment}
            onChange={(event) => setComment(event.currentTarget.value)}
          />
        </Stack>
      </ConfirmDialog>
    </Notice>
  );
}

interface FailedPolicy {
  readonly key: string;
  readonly name: string;
  readonly set: string;
  readonly says: string | undefined;
}

function useFailedPolicies(stage: RunStage): readonly FailedPolicy[] {
  const found = useQueries({
    queries: stage.evaluations.map(({ id, attributes }) => setOutcomesQuery(id, attributes.status)),
  });
  return found.flatMap(({ data }) =>
    (data ?? []).flatMap(({ id, attributes }) =>
      attributes.outcomes
        .filter(({ status, enforcement_level: level }) => status === "failed" && level === "mandatory")
        .map((outcome) => ({
          key: `${id} ${outcome.policy_name}`,
          name: outcome.policy_name,
          set: attributes["policy-set-name"],
          says: outcome.output[0],
        })),
    ),
  );
}

const shownMax = 5;

function FailedPolicies({ failed }: { readonly failed: readonly FailedPolicy[] }) {
  if (failed.length === 0) return null;
  return (
    <List size="sm">
      {failed.slice(0, shownMax).map((policy) => (
        <List.Item key={policy.key}>
          <b>{policy.name}</b> of {policy.set}
          {policy.says !== undefined && `: ${policy.says}`}
        </List.Item>
      ))}
      {failed.length > shownMax && <List.Item>and {failed.length - shownMax} more</List.Item>}
    </List>
  );
}
