import { Button, Group, List, Stack, Text } from "@mantine/core";
import { IconCheck, IconTool } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { WorkspaceRef } from "../api/types.ts";
import type { ResourceChange } from "../changes/resource-change.ts";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { plural } from "../parts/plural.ts";
import { createRun } from "../runs/run-queries.ts";
import { useMay } from "../session/use-session.ts";

/** The two ways out of drift: make the world as it was applied, or take over what is there. Each says what it will do. */
export function DriftActions(props: {
  readonly workspace: WorkspaceRef;
  readonly drift: readonly ResourceChange[];
  readonly autoApply: boolean | undefined;
}) {
  const { workspace, drift, autoApply } = props;
  const may = useMay();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<"repair" | "accept">();
  if (!may("run:create") || drift.length === 0) return null;

  async function start(way: "repair" | "accept"): Promise<void> {
    const runId = await createRun(workspace.id, {
      message: way === "repair" ? "Repair what changed outside" : "Accept what changed outside",
      "refresh-only": way === "accept",
    });
    await queries.invalidateQueries({ queryKey: ["runs"] });
    await navigate({ to: "/runs/$runId", params: { runId } });
  }

  return (
    <>
      <Group gap="xs">
        <Button size="compact-sm" leftSection={<IconTool size={15} aria-hidden />} onClick={() => setAsked("repair")}>
          Repair
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconCheck size={15} aria-hidden />}
          onClick={() => setAsked("accept")}
        >
          Accept
        </Button>
      </Group>
      <ConfirmDialog
        opened={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title={asked === "repair" ? "Repair the drift?" : "Accept the drift?"}
        confirm={asked === "repair" ? "Start repair run" : "Start refresh-only run"}
        onConfirm={async () => {
          if (asked !== undefined) await start(asked);
        }}
      >
        <Stack gap="xs">
          {asked === "repair" ? (
            <Text size="sm">
              A normal run is queued in <b>{workspace.name}</b>. It plans to make {plural(drift.length, "resource")}{" "}
              again what the configuration says, which overwrites what was changed outside. Whatever else differs from
              the configuration is part of the same plan.
            </Text>
          ) : (
            <Text size="sm">
              A refresh-only run is queued in <b>{workspace.name}</b>. It writes what is there now into the state and
              touches no resource. The configuration stays as it is: where it says something else, the next normal run
              plans to change it back, so change the configuration too.
            </Text>
          )}
          <List size="sm">
            {drift.slice(0, 6).map((change) => (
              <List.Item key={change.address} style={{ overflowWrap: "anywhere" }}>
                {change.address}
              </List.Item>
            ))}
            {drift.length > 6 && <List.Item>and {drift.length - 6} more</List.Item>}
          </List>
          <Text size="sm">
            {autoApply === true
              ? "This workspace applies by itself: when the plan is ready it is applied without asking again."
              : "Nothing is changed before you have seen the plan and approved it."}
          </Text>
        </Stack>
      </ConfirmDialog>
    </>
  );
}
