import { Badge, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ExternalLink } from "../../parts/external-link.tsx";
import { plural } from "../../parts/plural.ts";
import { QueryView } from "../../parts/query-view.tsx";
import { StatusBadge } from "../../parts/status-badge.tsx";
import type { Resource } from "../../api/json-api.ts";
import { outcomeBodyQuery, taskOutcomesQuery, type TaskOutcomeAttributes, type TaskResult } from "./stage-queries.ts";
import classes from "./stages.module.css";

/** What one run task has said, with the way to its findings. */
export function TaskResultLine({ result }: { readonly result: TaskResult }) {
  const { attributes } = result;
  const count = attributes["task-result-outcomes-count"];
  const [opened, setOpened] = useState(false);
  return (
    <div className={classes["line"]}>
      <StatusBadge of="stage" status={attributes.status} />
      <span className={classes["name"]}>{attributes["task-name"]}</span>
      <Text span size="xs" c="dimmed">
        run task
      </Text>
      <Group gap="xs" className={classes["right"] ?? ""}>
        {count > 0 && (
          <Button variant="default" size="compact-xs" onClick={() => setOpened(true)}>
            {plural(count, "finding")}
          </Button>
        )}
        <ExternalLink to={attributes.url}>Details</ExternalLink>
        <StatusBadge of="enforcement-level" status={attributes["workspace-task-enforcement-level"]} />
      </Group>
      {attributes.message !== "" && (
        <Text size="sm" className={classes["message"] ?? ""}>
          {attributes.message}
        </Text>
      )}
      <Modal opened={opened} onClose={() => setOpened(false)} title={`What ${attributes["task-name"]} found`} size="xl">
        {opened && <Findings result={result} />}
      </Modal>
    </div>
  );
}

function Findings({ result }: { readonly result: TaskResult }) {
  const query = useQuery(taskOutcomesQuery(result.id, result.attributes["updated-at"]));
  return (
    <QueryView query={query} what="The list of findings">
      {({ data, meta }) => (
        <Stack gap={0}>
          {data.map((outcome) => (
            <Finding key={outcome.id} outcome={outcome} />
          ))}
          {(meta?.pagination?.["total-count"] ?? 0) > data.length && (
            <Text size="sm" c="dimmed" mt="sm">
              These are the first {data.length} of {meta?.pagination?.["total-count"]}. The run task has all of them.
            </Text>
          )}
        </Stack>
      )}
    </QueryView>
  );
}

const colors: Readonly<Record<string, string>> = { error: "red", warning: "yellow", info: "steel" };

function Finding({ outcome }: { readonly outcome: Resource<TaskOutcomeAttributes> }) {
  const { attributes } = outcome;
  const [opened, setOpened] = useState(false);
  const body = useQuery({ ...outcomeBodyQuery(outcome.id), enabled: opened });
  return (
    <div className={classes["line"]} style={{ paddingInline: 0 }}>
      <span className={classes["name"]}>{attributes.description}</span>
      {attributes.tags.flatMap((tag) =>
        tag.value.map((value) => (
          <Badge
            key={`${tag.label} ${value.label}`}
            variant="outline"
            color={colors[value.level] ?? "gray"}
            tt="none"
            size="sm"
          >
            {tag.label}: {value.label}
          </Badge>
        )),
      )}
      <Group gap="xs" className={classes["right"] ?? ""}>
        <ExternalLink to={attributes.url}>Details</ExternalLink>
        {!opened && (
          <Button variant="subtle" size="compact-xs" onClick={() => setOpened(true)}>
            Read
          </Button>
        )}
      </Group>
      {opened && (
        <div className={`${classes["output"] ?? ""} ${classes["message"] ?? ""}`}>
          {body.error?.message ?? (body.data === undefined ? "…" : body.data || "There is nothing more.")}
        </div>
      )}
    </div>
  );
}
