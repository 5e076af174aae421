import { Text } from "@mantine/core";
import type { Relation } from "../api/registry-types.ts";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { PageLink } from "../parts/link.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { VersionLink } from "./version-link.tsx";

/** Relations between images: which version was built from which. */
export function RelationTable(props: { readonly label: string; readonly relations: readonly Relation[] }) {
  const columns: readonly Column<Relation>[] = [
    { key: "parent", header: "Parent", cell: ({ parent }) => <Relative of={parent} /> },
    { key: "child", header: "Child", cell: ({ child }) => <Relative of={child} /> },
    {
      key: "status",
      header: "The child is",
      cell: (relation) => <StatusBadge of="ancestry" status={relation.status} />,
    },
    {
      key: "channel",
      header: "Followed channel",
      cell: ({ parent }) =>
        parent.channel_name === "" ? (
          <Text c="dimmed">none</Text>
        ) : (
          <Text inherit>
            {parent.channel_name}
            {parent.channel_version !== null && (
              <Text span c="dimmed" inherit>
                {" "}
                at {parent.channel_version.name}
              </Text>
            )}
          </Text>
        ),
    },
  ];
  return (
    <DataTable
      label={props.label}
      columns={columns}
      rows={props.relations}
      minWidth={480}
      rowKey={({ parent, child }) => `${parent.version_id} ${child.version_id}`}
    />
  );
}

function Relative({ of }: { readonly of: Relation["child"] }) {
  return (
    <>
      <PageLink to="/images/$bucket" params={{ bucket: of.bucket_name }}>
        {of.bucket_name}
      </PageLink>{" "}
      <VersionLink bucket={of.bucket_name} version={of.version_fingerprint}>
        {of.version_name}
      </VersionLink>
    </>
  );
}
