import { Group, Paper, SegmentedControl } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { LoadMore } from "../parts/load-more.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { useMay } from "../session/use-session.ts";
import { WorkspaceFilter } from "../workspaces/workspace-filter.tsx";
import { runsQuery, type RunState } from "./run-queries.ts";
import { RunsTable } from "./runs-table.tsx";

const route = getRouteApi("/shell/runs");

const states = [
  { value: "all", label: "All" },
  { value: "active", label: "Active" },
  { value: "waiting", label: "Waiting for approval" },
  { value: "final", label: "Finished" },
];

/** The runs of all workspaces; what is shown is in the address. */
export function RunsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const query = useInfiniteQuery({ ...runsQuery(search), enabled: may("run:read") });
  const filtered = search.state !== undefined || search.workspace !== undefined;

  return (
    <>
      <PageHeader
        title="Runs"
        description="Plans and applies of all workspaces, newest first. What waits for approval goes on only when a person says so."
      />
      <Group mb="sm" gap="sm">
        <div style={{ overflowX: "auto", maxWidth: "100%" }}>
          <SegmentedControl
            aria-label="Which runs"
            size="sm"
            data={states}
            value={search.state ?? "all"}
            onChange={(value) =>
              void navigate({
                search: (before) => ({ ...before, state: value === "all" ? undefined : (value as RunState) }),
              })
            }
          />
        </div>
        <WorkspaceFilter
          value={search.workspace}
          onChange={(workspace) => void navigate({ search: (before) => ({ ...before, workspace }) })}
        />
      </Group>
      <Paper withBorder style={{ overflow: "hidden" }}>
        <QueryView
          query={query}
          needs="run:read"
          what="The list of runs"
          isEmpty={({ pages }) => pages.every((page) => page.runs.length === 0)}
          empty={
            filtered ? (
              <Empty title="No run fits">Choose another state or workspace.</Empty>
            ) : (
              <Empty title="No runs yet">
                A run starts with terraform plan or apply, when a channel that a workspace follows moves, or from the
                page of a workspace.
              </Empty>
            )
          }
        >
          {({ pages }) => (
            <>
              <RunsTable label="Runs" runs={pages.flatMap((page) => page.runs)} withWorkspace />
              <LoadMore query={query} />
            </>
          )}
        </QueryView>
      </Paper>
    </>
  );
}
