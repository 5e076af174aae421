import { Box, Group, List, Paper, SimpleGrid, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { RevocationPreview } from "../api/types.ts";
import { PageLink } from "../parts/link.tsx";
import { plural } from "../parts/plural.ts";
import { StatusBadge } from "../parts/status-badge.tsx";
import { ImageUseTable } from "../where/image-use-table.tsx";

const shownMax = 8;

/** Everything that a revocation would hit: versions, channels, workspaces with their resources, and waiting runs. */
export function RevocationPreviewView(props: {
  readonly preview: RevocationPreview;
  readonly rollsBackChannels: boolean;
}) {
  const { preview, rollsBackChannels } = props;
  const fresh = preview.versions.filter((version) => !version.already_revoked);
  const already = preview.versions.length - fresh.length;
  return (
    <Stack gap="xs" role="region" aria-label="What the revocation hits">
      <Text fw={600} size="sm">
        This hits {plural(fresh.length, "version")}, {plural(preview.channels.length, "channel")},{" "}
        {plural(preview.workspaces.length, "workspace")} with {plural(preview.uses_total, "resource")}, and{" "}
        {plural(preview.waiting_runs.length, "waiting run")}.
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xs">
        <Part title="Versions revoked">
          <Items
            items={fresh.map((version) => (
              <span key={version.fingerprint}>
                <b>
                  {version.bucket} {version.version}
                </b>
                {version.depth > 0 && (
                  <Text span c="dimmed" inherit>
                    {" "}
                    {version.depth === 1 ? "built from it" : `${String(version.depth)} generations on`}
                  </Text>
                )}
              </span>
            ))}
            none="Nothing new: all of them are revoked already."
          />
          {already > 0 && fresh.length > 0 && (
            <Text size="xs" c="dimmed">
              {plural(already, "other")} {already === 1 ? "is" : "are"} revoked already.
            </Text>
          )}
        </Part>
        <Part title={"Channels that point at them"}>
          <Items
            items={preview.channels.map((channel) => (
              <span key={`${channel.bucket} ${channel.channel}`}>
                <b>{channel.channel}</b> of {channel.bucket}: {channel.from}
                {rollTarget(channel.to, rollsBackChannels)}
              </span>
            ))}
            none="No channel points at any of them."
          />
        </Part>
        <Part title="Workspaces that run it">
          <Items
            items={preview.workspaces.map((workspace) => (
              <span key={workspace.id}>
                <PageLink
                  to="/workspaces/$workspaceId"
                  params={{ workspaceId: workspace.id }}
                  underline="always"
                  target="_blank"
                >
                  {workspace.name}
                </PageLink>
                : {plural(workspace.uses, "resource")}, follows by <FollowWord follow={workspace.follow} />
              </span>
            ))}
            none="Nobody runs it."
          />
        </Part>
        <Part title="Runs that wait">
          <Items
            items={preview.waiting_runs.map((run) => (
              <Group key={run.id} gap={6} component="span">
                <PageLink to="/runs/$runId" params={{ runId: run.id }} target="_blank">
                  {run.workspace.name}
                </PageLink>
                <StatusBadge of="run" status={run.status} />
              </Group>
            ))}
            none="No run waits with it in its plan."
          />
        </Part>
      </SimpleGrid>
      {preview.uses.length > 0 && (
        <Paper withBorder>
          <ImageUseTable label="Resources that run it" uses={preview.uses.slice(0, shownMax)} compact />
          {preview.uses_total > shownMax && (
            <Text size="xs" c="dimmed" p="xs">
              The first {shownMax} of {preview.uses_total.toLocaleString("en")}.
            </Text>
          )}
        </Paper>
      )}
    </Stack>
  );
}

function rollTarget(to: string | null, rollsBack: boolean): string {
  if (!rollsBack) return " stays";
  return to === null ? " stays, since no valid version is left" : ` → ${to}`;
}

function FollowWord({ follow }: { readonly follow: string }) {
  switch (follow) {
    case "apply":
      return <>planning and applying</>;
    case "plan":
      return <>planning</>;
    case "notify":
      return <>being notified</>;
    default:
      return <>nothing (off)</>;
  }
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Box p="xs" style={{ border: "1px solid var(--surface-line)", borderRadius: 4 }}>
      <Text size="xs" c="dimmed" fw={600} mb={4}>
        {title}
      </Text>
      {children}
    </Box>
  );
}

function Items({ items, none }: { readonly items: readonly ReactNode[]; readonly none: string }) {
  if (items.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {none}
      </Text>
    );
  }
  return (
    <>
      <List size="sm" spacing={2} listStyleType="none">
        {items.slice(0, shownMax).map((item, index) => (
          // The items of one preview never change their order.
          <List.Item key={index}>{item}</List.Item>
        ))}
      </List>
      {items.length > shownMax && (
        <Text size="xs" c="dimmed">
          and {(items.length - shownMax).toLocaleString("en")} more
        </Text>
      )}
    </>
  );
}
