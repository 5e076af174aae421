import { Text } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { AddButton } from "../parts/add-button.tsx";
import { PageLink } from "../parts/link.tsx";
import { useNameFilter } from "../parts/name-filter.tsx";
import { PagedTable } from "../parts/paged-table.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty } from "../parts/states.tsx";
import { scopeText } from "../scopes/scope-text.ts";
import { useMay, useSession } from "../session/use-session.ts";
import { useRefresh } from "../shell/use-save.ts";
import { createPolicySet, policySetsQuery } from "./policy-queries.ts";
import { PolicySetDialog } from "./policy-set-dialog.tsx";

/** Where policies count. */
export function PolicySets() {
  const { organization } = useSession();
  const may = useMay();
  const navigate = useNavigate();
  const refresh = useRefresh(["policy-sets"]);
  const filter = useNameFilter("Filter sets by name");
  const [opened, setOpened] = useState(false);
  const query = useInfiniteQuery({
    ...policySetsQuery(organization.name, filter.wanted),
    enabled: may("policy-set:read"),
    placeholderData: (before) => before,
  });
  return (
    <Panel
      title="Policy sets"
      description="Policies count where a set of theirs does: they are evaluated after each plan there."
      padded={false}
      actions={may("policy-set:write") && <AddButton onClick={() => setOpened(true)}>New policy set</AddButton>}
    >
      {filter.field}
      <PagedTable
        query={query}
        needs="policy-set:read"
        label="Policy sets"
        empty={
          filter.wanted === "" ? (
            <Empty icon={IconShieldCheck} title="No policy set yet">
              Write a policy below, then make a set that says where it counts.
            </Empty>
          ) : (
            <Empty title="No policy set is called that" />
          )
        }
        columns={[
          {
            key: "name",
            header: "Name",
            cell: ({ id, attributes }) => (
              <>
                <PageLink
                  to="/settings/policies/sets/$policySetId"
                  params={{ policySetId: id }}
                  style={{ overflowWrap: "anywhere" }}
                >
                  {attributes.name}
                </PageLink>
                {attributes.description !== "" && (
                  <Text size="xs" c="dimmed" lineClamp={2}>
                    {attributes.description}
                  </Text>
                )}
              </>
            ),
          },
          { key: "kind", header: "Language", from: "sm", cell: ({ attributes }) => languageOf(attributes.kind) },
          { key: "count", header: "Policies", numeric: true, cell: ({ attributes }) => attributes["policy-count"] },
          {
            key: "scope",
            header: "Counts",
            cell: ({ attributes }) =>
              scopeText({
                everywhere: attributes.global,
                projects: attributes["project-count"],
                workspaces: attributes["workspace-count"],
              }),
          },
          {
            key: "override",
            header: "Override",
            cell: ({ attributes }) => (attributes.overridable === true ? "by a person" : "never"),
          },
        ]}
      />
      {opened && (
        <PolicySetDialog
          set={undefined}
          workspaces={[]}
          onClose={() => setOpened(false)}
          onSave={async (input) => {
            const policySetId = await createPolicySet(organization.name, input);
            await refresh();
            await navigate({ to: "/settings/policies/sets/$policySetId", params: { policySetId } });
          }}
        />
      )}
    </Panel>
  );
}

/** Sentinel is kept and not evaluated. */
export function languageOf(kind: "opa" | "sentinel"): string {
  return kind === "opa" ? "OPA" : "Sentinel (not evaluated)";
}
