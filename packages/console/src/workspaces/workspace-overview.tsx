import { SimpleGrid, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { VersionLink } from "../images/version-link.tsx";
import { DataTable } from "../parts/data-table.tsx";
import { Identifier } from "../parts/identifier.tsx";
import { PageLink } from "../parts/link.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { followSettings } from "../parts/status.ts";
import { DueTime, Time } from "../parts/time.tsx";
import { ImageChecks } from "./image-checks.tsx";
import { ImageCounts } from "./image-counts.tsx";
import type { WorkspaceDetail } from "./workspace-queries.ts";
import classes from "./workspaces.module.css";

export function WorkspaceOverview({ workspace }: { readonly workspace: WorkspaceDetail }) {
  const { current_run: run, settings } = workspace;
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Panel title="Now">
          <dl className={classes["facts"]}>
            <Fact name="Latest run">
              {run === null ? (
                "none"
              ) : (
                <>
                  <StatusBadge of="run" status={run.status} />{" "}
                  <PageLink to="/runs/$runId" params={{ runId: run.id }} underline="always">
                    {run.message === "" ? run.id : run.message}
                  </PageLink>{" "}
                  <Text span size="xs" c="dimmed">
                    <Time at={run.created_at} />
                  </Text>
                </>
              )}
            </Fact>
            <Fact name="Health">
              <StatusBadge of="health" status={workspace.health} />{" "}
              <Text span size="xs" c="dimmed">
                assessed <Time at={workspace.last_assessment_at} otherwise="never" />
                {workspace.next_assessment_at !== null && (
                  <>
                    , next <DueTime at={workspace.next_assessment_at} />
                  </>
                )}
              </Text>
            </Fact>
            <Fact name="Images">
              <ImageCounts images={workspace.images} />
            </Fact>
            <Fact name="Open alerts">
              {workspace.open_alerts === 0 ? (
                "none"
              ) : (
                <PageLink to="/alerts" search={{ workspace: workspace.id }}>
                  {workspace.open_alerts}
                </PageLink>
              )}
            </Fact>
          </dl>
        </Panel>
        <Panel title="How it works">
          <dl className={classes["facts"]}>
            <Fact name="Runs">{settings.execution_mode === "local" ? "on the user's machine" : "on runners"}</Fact>
            <Fact name="Applies">{settings.auto_apply ? "by itself" : "after approval"}</Fact>
            <Fact name="A channel moves">
              <StatusBadge of="follow" status={settings.follow} />{" "}
              <Text span size="xs" c="dimmed">
                {followSettings[settings.follow].meaning}
              </Text>
            </Fact>
            <Fact name="Assessments">
              {settings.assessments_enforced
                ? "on, demanded by the organization"
                : settings.assessments_enabled
                  ? "on"
                  : "off"}
            </Fact>
            <Fact name="Id">
              <Identifier value={workspace.id} />
            </Fact>
          </dl>
        </Panel>
      </SimpleGrid>
      <Follows workspace={workspace} />
      <ImageChecks workspace={workspace} />
    </Stack>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The channels that the runs of this workspace have read. */
export function Follows({ workspace }: { readonly workspace: WorkspaceDetail }) {
  return (
    <Panel
      title="Channels it follows"
      description="Learnt from what its runs ask the registry for; nothing has to be declared."
      padded={false}
    >
      {workspace.follows.length === 0 ? (
        <Empty title="It follows no channel">
          As soon as a run reads a channel, for example with the data source hcp_packer_artifact, it stands here.
        </Empty>
      ) : (
        <DataTable
          label="Channels it follows"
          rows={workspace.follows}
          rowKey={(follow) => `${follow.bucket} ${follow.channel}`}
          columns={[
            {
              key: "channel",
              header: "Channel",
              cell: (follow) => (
                <>
                  {follow.channel} of{" "}
                  <PageLink to="/images/$bucket" params={{ bucket: follow.bucket }} underline="always">
                    {follow.bucket}
                  </PageLink>
                </>
              ),
            },
            {
              key: "read",
              header: "Last read",
              cell: (follow) => (
                <>
                  <div>
                    <Version bucket={follow.bucket} version={follow.version_read} />
                  </div>
                  <Text size="xs" c="dimmed" component="div">
                    <Time at={follow.last_read_at} />
                  </Text>
                </>
              ),
            },
            {
              key: "now",
              header: "Points at now",
              cell: (follow) => <Version bucket={follow.bucket} version={follow.version_now} />,
            },
            {
              key: "status",
              header: "Status",
              cell: (follow) => (
                <StatusBadge
                  of="image-use"
                  status={follow.version_read === follow.version_now ? "current" : "behind"}
                />
              ),
            },
          ]}
        />
      )}
    </Panel>
  );
}

function Version({ bucket, version }: { readonly bucket: string; readonly version: string | null }) {
  if (version === null) return <>nothing</>;
  return (
    <VersionLink bucket={bucket} version={version}>
      {version}
    </VersionLink>
  );
}
