import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { includedOf, relatedIds, type ResourceDocument } from "../api/json-api.ts";
import { ChangeAndDelete } from "../parts/change-and-delete.tsx";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { PageLink } from "../parts/link.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { NamedPlaces } from "../scopes/named-places.tsx";
import { scopeText } from "../scopes/scope-text.ts";
import { useMay } from "../session/use-session.ts";
import { SettingsFrame } from "../settings/settings-frame.tsx";
import { useRefresh } from "../shell/use-save.ts";
import { workspaceRefsQuery } from "../workspaces/workspace-refs.ts";
import {
  changePolicySet,
  deletePolicySet,
  policySetQuery,
  type PolicySet,
  type PolicySetAttributes,
} from "./policy-queries.ts";
import { PolicySetContent } from "./policy-set-content.tsx";
import { PolicySetDialog } from "./policy-set-dialog.tsx";
import { languageOf } from "./policy-sets.tsx";

/** One policy set: where it counts and what is in it. */
export function PolicySetPage() {
  const { policySetId = "" } = useParams({ strict: false });
  const may = useMay();
  const query = useQuery({ ...policySetQuery(policySetId), enabled: may("policy-set:read") });
  return (
    <SettingsFrame>
      <Stack gap="md">
        <PageLink to="/settings/policies" size="sm">
          All policies
        </PageLink>
        <QueryView query={query} needs="policy-set:read" what="This policy set">
          {(document: ResourceDocument<PolicySetAttributes>) => (
            <>
              <SetPanel set={document.data} />
              <PolicySetContent
                set={document.data}
                policies={[...includedOf(document, "policies").values()]}
                version={[...includedOf(document, "policy-set-versions").values()][0]}
              />
            </>
          )}
        </QueryView>
      </Stack>
    </SettingsFrame>
  );
}

function SetPanel({ set }: { readonly set: PolicySet }) {
  const may = useMay();
  const navigate = useNavigate();
  const refresh = useRefresh(["policy-sets"]);
  const [asked, setAsked] = useState<"change" | "delete">();
  const workspaceIds = relatedIds(set, "workspaces");
  const workspaces = useQuery({ ...workspaceRefsQuery(workspaceIds), enabled: workspaceIds.length > 0 }).data ?? [];
  const projectIds = relatedIds(set, "projects");
  const { attributes } = set;
  const excluded = relatedIds(set, "workspace-exclusions").length + relatedIds(set, "project-exclusions").length;
  return (
    <Panel
      title={attributes.name}
      description={attributes.description}
      actions={
        may("policy-set:write") && (
          <ChangeAndDelete
            isLoading={workspaces.length < workspaceIds.length}
            onChange={() => setAsked("change")}
            onDelete={() => setAsked("delete")}
          />
        )
      }
    >
      <Stack gap={4}>
        <Text size="sm">
          Counts{" "}
          {scopeText({
            everywhere: attributes.global,
            projects: projectIds.length,
            workspaces: workspaceIds.length,
          })}
          {excluded > 0 && `, with ${String(excluded)} left out`}.{" "}
          {attributes.overridable === true
            ? "A person may override its mandatory policies."
            : "Nobody can override its mandatory policies."}
        </Text>
        <Text size="sm" c="dimmed">
          {languageOf(attributes.kind)}
        </Text>
        <NamedPlaces projectIds={projectIds} workspaces={workspaces} />
      </Stack>
      {asked === "change" && (
        <PolicySetDialog
          set={set}
          workspaces={workspaces}
          onClose={() => setAsked(undefined)}
          onSave={async (input) => {
            const before = {
              policies: relatedIds(set, "policies"),
              projects: projectIds,
              workspaces: workspaceIds,
            };
            await changePolicySet(set.id, before, input);
            await refresh();
          }}
        />
      )}
      <ConfirmDialog
        opened={asked === "delete"}
        onClose={() => setAsked(undefined)}
        title={`Delete ${attributes.name}?`}
        confirm="Delete set"
        danger
        onConfirm={async () => {
          await deletePolicySet(set.id);
          await navigate({ to: "/settings/policies" });
          await refresh();
        }}
      >
        Its policies no longer count where it did. Those that are managed one by one stay.
      </ConfirmDialog>
    </Panel>
  );
}
