import { Group, List, Text } from "@mantine/core";
import { Panel } from "../parts/panel.tsx";
import { PageLink } from "../parts/link.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import type { ImageCheck, WorkspaceDetail } from "./workspace-queries.ts";
import classes from "../changes/changes.module.css";

const titles: Readonly<Record<ImageCheck["kind"], string>> = {
  revoked: "No image is revoked",
  "revocation-scheduled": "No image is about to be revoked",
  "too-old": "No image is too old",
  "behind-too-long": "No image is behind its channel for too long",
};

const usesShown = 5;

/** The checks that need no code, as they stand at this moment. */
export function ImageChecks({ workspace }: { readonly workspace: WorkspaceDetail }) {
  return (
    <Panel
      title="Built-in image checks"
      description={
        <>
          They need no code and no assessment. The limits are in the{" "}
          <PageLink
            to="/workspaces/$workspaceId"
            params={{ workspaceId: workspace.id }}
            search={{ tab: "settings", section: "images" }}
            underline="always"
          >
            settings
          </PageLink>
          .
        </>
      }
      padded={false}
    >
      {workspace.image_checks.map((check) => (
        <div key={check.kind} className={classes["item"]} style={{ padding: "8px 16px" }}>
          <Group gap="xs">
            <StatusBadge of="check" status={check.status} />
            <Text span size="sm" fw={500}>
              {titles[check.kind]}
            </Text>
          </Group>
          {check.message !== "" && (
            <Text size="sm" c="dimmed">
              {check.message}
            </Text>
          )}
          {check.status !== "pass" && check.status !== "off" && check.uses.length > 0 && (
            <List size="sm" mt={2}>
              {check.uses.slice(0, usesShown).map((use) => (
                <List.Item key={`${use.resource} ${use.bucket ?? ""}`}>
                  <span className={classes["address"]}>{use.resource}</span>
                  {use.bucket !== null && ` · ${use.bucket} ${use.version ?? ""}`}
                </List.Item>
              ))}
              {check.uses.length > usesShown && <List.Item>and {check.uses.length - usesShown} more</List.Item>}
            </List>
          )}
        </div>
      ))}
    </Panel>
  );
}
