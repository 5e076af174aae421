import { Button, NativeSelect, PasswordInput, Stack, Text } from "@mantine/core";
import { IconKey, IconRefresh } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ProjectRef } from "../api/types.ts";
import type { Place } from "../images/registry-path.ts";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { CopyIcon } from "../parts/identifier.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Snippet } from "../parts/snippet.tsx";
import { NotAllowed } from "../parts/states.tsx";
import { Guarded } from "../session/guarded.tsx";
import { notifyDone, notifyFailure } from "../shell/notify.tsx";
import {
  regenerateKey,
  runTaskConfigQuery,
  runTaskEndpointQuery,
  setUntrackedBehaviour,
  type RunTaskEndpoint,
  type UntrackedBehaviour,
} from "./run-task-queries.ts";

const behaviours: { readonly value: UntrackedBehaviour; readonly label: string }[] = [
  { value: "UNSET", label: "Not set: it is reported" },
  { value: "WARN", label: "It is reported" },
  { value: "FAIL", label: "The plan fails" },
];

/** How services that run Terraform ask the registry about the images of a plan. */
export function RunTask({ place, project }: { readonly place: Place; readonly project: ProjectRef }) {
  const mayRead = project.permissions.includes("registry:read");
  const isAdmin = project.permissions.includes("registry:admin");
  const config = useQuery({ ...runTaskConfigQuery(place), enabled: mayRead });
  const endpoint = useQuery({ ...runTaskEndpointQuery(place), enabled: isAdmin });
  return (
    <Panel
      title="Run task"
      description={`HCP Terraform, or any service that speaks its run task protocol, asks the registry of ${project.name} about the images of a plan.`}
    >
      {mayRead ? (
        <Stack maw={720}>
          <QueryView query={config} what="The setting">
            {(behaviour) => <UntrackedImages place={place} behaviour={behaviour} />}
          </QueryView>
          {isAdmin ? (
            <QueryView query={endpoint} what="The address of the run task">
              {(found) => <Endpoint place={place} endpoint={found} />}
            </QueryView>
          ) : (
            <Text size="sm" c="dimmed">
              An administrator of the registry sees its address and key here.
            </Text>
          )}
        </Stack>
      ) : (
        <NotAllowed permission="registry:read" />
      )}
    </Panel>
  );
}

function UntrackedImages({ place, behaviour }: { readonly place: Place; readonly behaviour: UntrackedBehaviour }) {
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (to: UntrackedBehaviour) => setUntrackedBehaviour(place, to),
    onSuccess: () => notifyDone("Saved. It counts from the next plan on."),
    onError: (error) => notifyFailure("It was not saved", error),
    onSettled: () => queries.invalidateQueries({ queryKey: ["run-task", place.projectId, "config"] }),
  });
  return (
    <Guarded permission="registry:admin">
      {(disabled) => (
        <NativeSelect
          label="When a plan newly uses an image that the registry does not know"
          description="One that creates or replaces a resource with a revoked version fails in any case."
          data={behaviours}
          value={behaviour}
          disabled={disabled || change.isPending}
          onChange={(event) => change.mutate(event.currentTarget.value as UntrackedBehaviour)}
        />
      )}
    </Guarded>
  );
}

function Endpoint({ place, endpoint }: { readonly place: Place; readonly endpoint: RunTaskEndpoint }) {
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <div>
        <Text size="sm" fw={500} mb={4}>
          Address
        </Text>
        <Snippet text={endpoint.api_url} label="address of the run task" />
      </div>
      <PasswordInput
        label="HMAC key"
        description="Signs what is asked: give it to the service together with the address."
        readOnly
        value={endpoint.hmac_key}
        leftSection={<IconKey size={15} aria-hidden />}
        inputContainer={(input) => (
          <div style={{ display: "flex", gap: 8, alignItems: "center" }}>
            <div style={{ flex: 1 }}>{input}</div>
            <CopyIcon value={endpoint.hmac_key} what="HMAC key" />
          </div>
        )}
      />
      <div>
        <Button variant="default" leftSection={<IconRefresh size={16} aria-hidden />} onClick={() => setAsking(true)}>
          Make another key
        </Button>
      </div>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title="Make another key?"
        confirm="Make another key"
        danger
        onConfirm={async () => {
          await regenerateKey(place);
          notifyDone("The run task has another key. Give it to the service.");
          await queries.invalidateQueries({ queryKey: ["run-task", place.projectId, "endpoint"] });
        }}
      >
        The key before it stops working at once: runs that ask in the meantime are refused until the service has the new
        one.
      </ConfirmDialog>
    </>
  );
}
