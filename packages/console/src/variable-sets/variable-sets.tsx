import { Text } from "@mantine/core";
import { IconVariable } from "@tabler/icons-react";
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
import { SettingsFrame } from "../settings/settings-frame.tsx";
import { useRefresh } from "../shell/use-save.ts";
import { VariableSetDialog } from "./variable-set-dialog.tsx";
import { saveVariableSet, variableSetsQuery } from "./variable-set-queries.ts";

/** The variable sets of the organization. */
export function VariableSetsPage() {
  const { organization } = useSession();
  const may = useMay();
  const navigate = useNavigate();
  const refresh = useRefresh(["variable-sets", "variables"]);
  const filter = useNameFilter("Filter by name");
  const [opened, setOpened] = useState(false);
  const query = useInfiniteQuery({
    ...variableSetsQuery(organization.name, filter.wanted),
    enabled: may("variable:read"),
    placeholderData: (before) => before,
  });

  return (
    <SettingsFrame>
      <Panel
        title="Variable sets"
        description="Variables that many workspaces get, without being written into each of them."
        padded={false}
        actions={may("variable:write") && <AddButton onClick={() => setOpened(true)}>New variable set</AddButton>}
      >
        {filter.field}
        <PagedTable
          query={query}
          needs="variable:read"
          label="Variable sets"
          empty={
            filter.wanted === "" ? (
              <Empty icon={IconVariable} title="No variable set yet">
                A set gives its variables to the workspaces of its scope: credentials of a cloud, for example.
              </Empty>
            ) : (
              <Empty title="No variable set is called that" />
            )
          }
          columns={[
            {
              key: "name",
              header: "Name",
              cell: ({ id, attributes }) => (
                <>
                  <PageLink
                    to="/settings/variable-sets/$setId"
                    params={{ setId: id }}
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
            { key: "count", header: "Variables", numeric: true, cell: ({ attributes }) => attributes["var-count"] },
            {
              key: "scope",
              header: "Given to",
              cell: ({ attributes }) =>
                scopeText({
                  everywhere: attributes.global,
                  projects: attributes["project-count"],
                  workspaces: attributes["workspace-count"],
                }),
            },
            {
              key: "priority",
              header: "Priority",
              cell: ({ attributes }) => (attributes.priority ? "wins over everything" : "gives way"),
            },
          ]}
        />
      </Panel>
      {opened && (
        <VariableSetDialog
          set={undefined}
          workspaces={[]}
          onClose={() => setOpened(false)}
          onSave={async (input) => {
            const setId = await saveVariableSet(organization.name, undefined, input);
            await refresh();
            await navigate({ to: "/settings/variable-sets/$setId", params: { setId } });
          }}
        />
      )}
    </SettingsFrame>
  );
}
