import { Group, Text } from "@mantine/core";
import { IconBox, IconFolder, IconFingerprint, IconSearchOff, IconStack2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { SearchResult } from "../api/types.ts";
import { VersionLink } from "../images/version-link.tsx";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { PageLink } from "../parts/link.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { useMay } from "../session/use-session.ts";
import { searchQuery } from "./image-use-queries.ts";

const kinds = {
  bucket: { label: "Image", icon: IconStack2 },
  version: { label: "Version", icon: IconBox },
  workspace: { label: "Workspace", icon: IconFolder },
  image: { label: "Artifact", icon: IconFingerprint },
} as const;

const columns: readonly Column<SearchResult>[] = [
  {
    key: "kind",
    header: "Kind",
    width: 140,
    cell: ({ kind }) => {
      const { label, icon: Icon } = kinds[kind];
      return (
        <Group gap={6} wrap="nowrap">
          <Icon size={16} stroke={1.6} aria-hidden />
          {label}
        </Group>
      );
    },
  },
  { key: "title", header: "Found", cell: (result) => <ResultLink result={result} /> },
  {
    key: "detail",
    header: "Detail",
    cell: ({ detail }) => (
      <Text c="dimmed" inherit style={{ overflowWrap: "anywhere" }}>
        {detail}
      </Text>
    ),
  },
  { key: "uses", header: "Uses", hideHeader: true, numeric: true, cell: (result) => <UsesLink result={result} /> },
];

/** What the server finds for a text, each with a way to its page and to its uses. */
export function SearchResults({ q }: { readonly q: string }) {
  const may = useMay();
  const results = useQuery({ ...searchQuery(q), enabled: q !== "" && may("image-use:read") });
  return (
    <Panel title={`Found for “${q}”`} padded={false}>
      <QueryView
        query={results}
        needs="image-use:read"
        what="The search"
        isEmpty={(found) => found.length === 0}
        empty={
          <Empty title="Nothing found" icon={IconSearchOff}>
            No image, version, workspace or artifact has this in its name. Parts of names are enough; golden-app v3
            finds a version.
          </Empty>
        }
      >
        {(found) => (
          <DataTable
            label="Search results"
            columns={columns}
            rows={found}
            rowKey={(result, index) => `${result.kind} ${result.title} ${String(index)}`}
          />
        )}
      </QueryView>
    </Panel>
  );
}

function ResultLink({ result }: { readonly result: SearchResult }) {
  const { kind, title, bucket, fingerprint, version, workspace, identifier } = result;
  if (kind === "workspace" && workspace !== undefined) {
    return (
      <PageLink to="/workspaces/$workspaceId" params={{ workspaceId: workspace.id }}>
        {title}
      </PageLink>
    );
  }
  const which = fingerprint ?? version;
  if (bucket !== undefined && which !== undefined) {
    return (
      <VersionLink bucket={bucket} version={which}>
        {title}
      </VersionLink>
    );
  }
  if (bucket !== undefined) {
    return (
      <PageLink to="/images/$bucket" params={{ bucket }}>
        {title}
      </PageLink>
    );
  }
  if (identifier !== undefined) {
    return (
      <PageLink to="/where" search={{ identifier }}>
        {title}
      </PageLink>
    );
  }
  return <Text>{title}</Text>;
}

function UsesLink({ result }: { readonly result: SearchResult }) {
  const { kind, bucket, version, workspace, identifier } = result;
  const search =
    kind === "workspace"
      ? workspace && { workspace: workspace.id }
      : kind === "image" && identifier !== undefined
        ? { identifier }
        : bucket === undefined
          ? undefined
          : { bucket, ...(version === undefined ? {} : { version }) };
  if (search === undefined) return null;
  return (
    <PageLink to="/where" search={search}>
      Uses
    </PageLink>
  );
}
