import { useQuery } from "@tanstack/react-query";
import type { Version } from "../api/registry-types.ts";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { usePlace } from "./registry-path.ts";
import { versionAncestryQuery } from "./registry-queries.ts";
import { RelationTable } from "./relation-table.tsx";

/** What the version was built from and what was built from it. */
export function RelativesPanel({ version }: { readonly version: Version }) {
  const relations = useQuery(versionAncestryQuery(usePlace(), version.bucket_name, version.fingerprint));
  return (
    <Panel title="Parents and children" padded={false}>
      <QueryView
        query={relations}
        what="The ancestry"
        isEmpty={(all) => all.length === 0}
        empty={
          <Empty title="No relatives">
            It was not built from another image of the registry, and nothing was built from it.
          </Empty>
        }
      >
        {(all) => <RelationTable label={`Parents and children of ${version.bucket_name}`} relations={all} />}
      </QueryView>
    </Panel>
  );
}
