import { Button, Group, Text, TextInput, Tooltip } from "@mantine/core";
import { IconLock, IconLockOpen } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { WorkspaceSummary } from "../api/types.ts";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { PageLink } from "../parts/link.tsx";
import { useMay } from "../session/use-session.ts";
import { notifyDone } from "../shell/notify.tsx";
import { lockOf, setLock } from "./workspace-queries.ts";
import { workspaceResourceQuery } from "./workspace-resource.ts";

/** Whether somebody keeps others from changing the state, and the way to begin or end that. */
export function LockButton({ workspace }: { readonly workspace: WorkspaceSummary }) {
  const may = useMay();
  const queries = useQueryClient();
  const { data: resource } = useQuery({ ...workspaceResourceQuery(workspace.id), enabled: may("workspace:read") });
  const [asked, setAsked] = useState<"lock" | "unlock" | "force-unlock">();
  const [reason, setReason] = useState("");
  if (resource === undefined) return null;
  const lock = lockOf(resource);

  async function act(): Promise<void> {
    if (asked === undefined) return;
    await setLock(workspace.id, asked, asked === "lock" ? reason.trim() : undefined);
    notifyDone(asked === "lock" ? `${workspace.name} is locked.` : `${workspace.name} is unlocked.`);
    setReason("");
    await queries.invalidateQueries({ queryKey: ["workspaces"] });
  }

  const dialog = (
    <ConfirmDialog
      opened={asked !== undefined}
      onClose={() => setAsked(undefined)}
      title={asked === "lock" ? `Lock ${workspace.name}?` : `Unlock ${workspace.name}?`}
      confirm={asked === "lock" ? "Lock" : asked === "unlock" ? "Unlock" : "Force unlock"}
      danger={asked === "force-unlock"}
      onConfirm={act}
    >
      {asked === "lock" ? (
        <TextInput
          label="Reason"
          description="Until it is unlocked no run is started and nobody else can write the state."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
        />
      ) : (
        <Text size="sm">
          {asked === "unlock"
            ? "Runs that wait start again."
            : "Somebody else holds this lock and may be writing the state at this moment. Two writers at once lose each other's changes."}
        </Text>
      )}
    </ConfirmDialog>
  );

  if (lock.locked && lock.byRun) {
    return (
      <Group gap={4}>
        <IconLock size={15} aria-hidden />
        <Text size="sm">
          locked by{" "}
          {lock.holder === null ? (
            "a run"
          ) : (
            <PageLink to="/runs/$runId" params={{ runId: lock.holder }} underline="always">
              a run
            </PageLink>
          )}
        </Text>
      </Group>
    );
  }
  if (lock.locked) {
    return (
      <>
        <Tooltip
          label={`Locked by a person or a command: no run starts.${lock.reason === "" ? "" : ` Reason: ${lock.reason}`}`}
        >
          <Group gap={4}>
            <IconLock size={15} aria-hidden />
            <Text size="sm">locked</Text>
          </Group>
        </Tooltip>
        {lock.canUnlock && (
          <Button
            variant="default"
            leftSection={<IconLockOpen size={16} aria-hidden />}
            onClick={() => setAsked("unlock")}
          >
            Unlock
          </Button>
        )}
        {lock.canForceUnlock && (
          <Button variant="subtle" color="red" onClick={() => setAsked("force-unlock")}>
            Force unlock
          </Button>
        )}
        {dialog}
      </>
    );
  }
  if (!lock.canLock) return null;
  return (
    <>
      <Button variant="default" leftSection={<IconLock size={16} aria-hidden />} onClick={() => setAsked("lock")}>
        Lock
      </Button>
      {dialog}
    </>
  );
}
