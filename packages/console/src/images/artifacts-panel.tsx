import { Text } from "@mantine/core";
import type { Build, Version } from "../api/registry-types.ts";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { Identifier } from "../parts/identifier.tsx";
import { Panel } from "../parts/panel.tsx";
import { plural } from "../parts/plural.ts";
import { Empty } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";

interface Row {
  readonly key: string;
  readonly build: Build;
  readonly region: string;
  readonly identifier: string | undefined;
}

/** The builds of a version and what each made, one row an artifact. */
export function ArtifactsPanel({ version }: { readonly version: Version }) {
  const rows = version.builds.flatMap((build): Row[] =>
    build.artifacts.length === 0
      ? [{ key: build.id, build, region: "", identifier: undefined }]
      : build.artifacts.map((artifact) => ({
          key: artifact.id,
          build,
          region: artifact.region,
          identifier: artifact.external_identifier,
        })),
  );
  const columns: readonly Column<Row>[] = [
    { key: "platform", header: "Platform", cell: ({ build }) => build.platform || <Text c="dimmed">–</Text> },
    { key: "region", header: "Region", cell: ({ region }) => region || <Text c="dimmed">–</Text> },
    {
      key: "identifier",
      header: "Artifact",
      cell: ({ identifier }) =>
        identifier === undefined ? <Text c="dimmed">none yet</Text> : <Identifier value={identifier} maxWidth={420} />,
    },
    { key: "component", header: "Build", cell: ({ build }) => build.component_type },
    { key: "status", header: "Status", cell: ({ build }) => <StatusBadge of="build" status={build.status} /> },
    { key: "updated", header: "Updated", from: "md", cell: ({ build }) => <Time at={build.updated_at} /> },
  ];
  return (
    <Panel title="Builds and artifacts" description={plural(version.builds.length, "build")} padded={false}>
      {rows.length === 0 ? (
        <Empty title="No build yet">
          The version exists, but no build has reported to it. It becomes usable with them.
        </Empty>
      ) : (
        <DataTable
          label="Builds and artifacts"
          columns={columns}
          rows={rows}
          rowKey={(row) => row.key}
          minWidth={720}
        />
      )}
    </Panel>
  );
}
