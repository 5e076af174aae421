import { Box, Button, Group, Text } from "@mantine/core";
import { IconActivity } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { Event } from "../api/types.ts";
import { VersionLink } from "../images/version-link.tsx";
import { PageLink } from "../parts/link.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { useMay } from "../session/use-session.ts";
import classes from "./activity-panel.module.css";
import { gatherEvents, type Happening } from "./gather-events.ts";
import { lookOfEvent } from "./event-look.ts";
import { eventsQuery } from "./home-queries.ts";

/** What happened lately: the steps of one run are one line, which says where the run is now. */
export function ActivityPanel() {
  const may = useMay();
  const events = useInfiniteQuery({ ...eventsQuery, enabled: may("event:read") });
  return (
    <Panel title="What happened" padded={false}>
      <QueryView
        query={{ ...events, data: events.data?.pages.flatMap((page) => page.events) }}
        needs="event:read"
        what="The activity"
        isEmpty={(all) => all.length === 0}
        empty={
          <Empty title="Nothing has happened yet" icon={IconActivity}>
            Builds, promotions, revocations, runs, assessments and alerts are written down here.
          </Empty>
        }
      >
        {(all) => (
          <>
            <ol className={classes["timeline"]}>
              {gatherEvents(all).map((happening) => (
                <Line key={happening.event.id} happening={happening} />
              ))}
            </ol>
            {events.hasNextPage && (
              <Group justify="center" p="sm">
                <Button
                  variant="default"
                  loading={events.isFetchingNextPage}
                  onClick={() => void events.fetchNextPage()}
                >
                  Load older
                </Button>
              </Group>
            )}
          </>
        )}
      </QueryView>
    </Panel>
  );
}

function Line({ happening }: { readonly happening: Happening }) {
  const { event, steps } = happening;
  const { icon: Icon, tone } = lookOfEvent(event.kind, event.data);
  return (
    <li className={classes["line"]}>
      <span
        className={classes["icon"]}
        style={{ color: `var(--tone-${tone})`, background: `var(--tone-${tone}-soft)` }}
      >
        <Icon size={15} aria-hidden />
      </span>
      <Box style={{ flex: 1, minWidth: 0, overflowWrap: "anywhere" }}>
        <span className={classes["summary"]}>
          <Summary event={event} />
        </span>
        <Text size="xs" c="dimmed">
          {[whoDid(event), reasonOf(event), steps > 1 ? `${String(steps)} steps` : ""]
            .filter((text) => text !== "")
            .join(" · ")}
        </Text>
      </Box>
      <Text size="xs" c="dimmed" component="div">
        <Time at={event.at} />
      </Text>
    </li>
  );
}

/** The sentence of the event, linked to what it is about. */
function Summary({ event }: { readonly event: Event }) {
  const { data } = event;
  const runId = textOf(data["runId"]);
  const bucket = textOf(data["bucket"]);
  const version = textOf(data["fingerprint"]) ?? textOf(data["version"]);
  const alertId = textOf(data["alertId"]);
  if (event.kind.startsWith("run.") && runId !== undefined) {
    return (
      <PageLink to="/runs/$runId" params={{ runId }} c="inherit">
        {event.summary}
      </PageLink>
    );
  }
  if (event.kind.startsWith("alert.") && alertId !== undefined) {
    return (
      <PageLink to="/alerts/$alertId" params={{ alertId }} c="inherit">
        {event.summary}
      </PageLink>
    );
  }
  if (bucket !== undefined && version !== undefined) {
    return (
      <VersionLink bucket={bucket} version={version}>
        <Text span inherit c="var(--mantine-color-text)">
          {event.summary}
        </Text>
      </VersionLink>
    );
  }
  if (event.workspace !== null) {
    return (
      <PageLink to="/workspaces/$workspaceId" params={{ workspaceId: event.workspace.id }} c="inherit">
        {event.summary}
      </PageLink>
    );
  }
  return event.summary;
}

/** Alerts and assessments are nobody's doing: the workspace says more. */
function whoDid(event: Event): string {
  if (event.actor !== null) return `by ${event.actor}`;
  return /^(alert|assessment)\./.test(event.kind) ? (event.workspace?.name ?? "") : "by itself";
}

/** Why a run exists. What a revocation says is in its summary already. */
function reasonOf(event: Event): string {
  return event.kind.startsWith("run.") ? (textOf(event.data["message"]) ?? "") : "";
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
