import { Paper } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { WorkspaceRef } from "../api/types.ts";
import { LoadMore } from "../parts/load-more.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { runsQuery } from "../runs/run-queries.ts";
import { RunsTable } from "../runs/runs-table.tsx";
import { useMay } from "../session/use-session.ts";

export function WorkspaceRuns({ workspace }: { readonly workspace: WorkspaceRef }) {
  const may = useMay();
  const query = useInfiniteQuery({ ...runsQuery({ workspace: workspace.id }), enabled: may("run:read") });
  return (
    <Paper withBorder style={{ overflow: "hidden" }}>
      <QueryView
        query={query}
        needs="run:read"
        what="The list of runs"
        isEmpty={({ pages }) => pages.every((page) => page.runs.length === 0)}
        empty={<Empty title="No runs yet">Start one here, or with terraform plan and apply.</Empty>}
      >
        {({ pages }) => (
          <>
            <RunsTable label="Runs" runs={pages.flatMap((page) => page.runs)} withWorkspace={false} />
            <LoadMore query={query} />
          </>
        )}
      </QueryView>
    </Paper>
  );
}
