import { List, NativeSelect, Stack, Text } from "@mantine/core";
import { IconHelpCircle, IconShieldCheck } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Version } from "../api/registry-types.ts";
import type { VersionVulnerabilities, Vulnerability } from "../api/types.ts";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { LoadMore } from "../parts/load-more.tsx";
import { Notice } from "../parts/notice.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { usePlace } from "./registry-path.ts";
import { vulnerabilitiesQuery } from "./vulnerability-queries.ts";
import { choicesOf, explainGaps, judge, ofCriticality, rankOf } from "./vulnerability-words.ts";

/** What is wrong with the packages of a version, and what about it nobody knows. */
export function VulnerabilitiesPanel({ version }: { readonly version: Version }) {
  const { bucket_name: bucket, fingerprint, builds } = version;
  const query = useInfiniteQuery(vulnerabilitiesQuery(usePlace(), bucket, fingerprint));
  if (builds.length === 0) return null;
  return (
    <Panel title="Vulnerabilities" description="What the imported advisories say about its packages.">
      <QueryView query={{ ...query, data: query.data?.pages }} needs="registry:read" what="The list of vulnerabilities">
        {(pages) => (
          <Stack>
            {pages[0] !== undefined && <Knowledge view={pages[0]} />}
            <Found found={pages.flatMap((page) => page.vulnerabilities)} hasMore={query.hasNextPage} />
            <LoadMore query={query} />
          </Stack>
        )}
      </QueryView>
    </Panel>
  );
}

/** What cannot be said, before what can; and when there is nothing to list, what that means. */
function Knowledge({ view }: { readonly view: VersionVulnerabilities }) {
  const verdict = judge(view);
  const isEmpty = view.vulnerabilities.length === 0;
  const gaps = explainGaps(view);
  if (verdict === "nothing_known" && isEmpty) {
    return (
      <Empty icon={IconHelpCircle} title="Unknown">
        <Gaps gaps={["Nothing in this version could be judged, which does not mean that nothing is wrong.", ...gaps]} />
      </Empty>
    );
  }
  return (
    <>
      {verdict !== "known" && (
        <Notice tone="warn" title="Part of this version is unknown">
          <Gaps gaps={gaps} />
        </Notice>
      )}
      {isEmpty && (
        <Empty
          icon={IconShieldCheck}
          title={verdict === "known" ? "No vulnerability found" : "No vulnerability found in the rest"}
        >
          {verdict === "known"
            ? "All of its packages were judged by the imported advisories."
            : "The imported advisories have nothing about the packages that could be judged."}
        </Empty>
      )}
    </>
  );
}

function Gaps({ gaps }: { readonly gaps: readonly string[] }) {
  return (
    <List size="sm" listStyleType="none">
      {gaps.map((gap) => (
        <List.Item key={gap}>{gap}</List.Item>
      ))}
    </List>
  );
}

const columns: readonly Column<Vulnerability>[] = [
  { key: "identifier", header: "Identifier", cell: (one) => <Names one={one} />, sortBy: (one) => one.identifier },
  {
    key: "criticality",
    header: "Criticality",
    cell: ({ criticality }) => <StatusBadge of="criticality" status={criticality} />,
    sortBy: ({ criticality }) => rankOf(criticality),
  },
  {
    key: "package",
    header: "Package",
    cell: ({ package: { name, version } }) => (
      <>
        <Text inherit style={{ overflowWrap: "anywhere" }}>
          {name}
        </Text>
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {version}
        </Text>
      </>
    ),
    sortBy: (one) => one.package.name,
  },
  {
    key: "fixed",
    header: "Fixed in",
    cell: ({ fixed_version: fixed }) => (
      <Text inherit {...(fixed === null ? { c: "dimmed" } : {})} style={{ whiteSpace: "nowrap" }}>
        {fixed ?? "no fix known"}
      </Text>
    ),
  },
  {
    key: "seen",
    header: "First seen",
    from: "sm",
    cell: ({ first_seen_at: at }) => <Time at={at} />,
    sortBy: (one) => one.first_seen_at,
  },
];

/** Its name, with what others call it and what it is about. */
function Names({ one }: { readonly one: Vulnerability }) {
  return (
    <>
      <Text inherit fw={500} style={{ whiteSpace: "nowrap" }}>
        {one.identifier}
      </Text>
      {one.refers_to.length > 0 && (
        <Text size="xs" c="dimmed">
          {one.refers_to.join(", ")}
        </Text>
      )}
      {one.description !== "" && (
        <Text size="xs" c="dimmed" maw={420} lineClamp={2} title={one.description}>
          {one.description}
        </Text>
      )}
    </>
  );
}

function Found({ found, hasMore }: { readonly found: readonly Vulnerability[]; readonly hasMore: boolean }) {
  const [chosen, setChosen] = useState("");
  if (found.length === 0) return null;
  const choices = choicesOf(found);
  // What was chosen can be gone after a new archive.
  const criticality = choices.some((one) => one.value === chosen) ? chosen : "";
  return (
    <>
      <NativeSelect
        maw={240}
        label="Criticality"
        {...(hasMore ? { description: `Of the first ${found.length.toLocaleString("en")} by identifier` } : {})}
        value={criticality}
        onChange={(event) => setChosen(event.currentTarget.value)}
        data={choices}
      />
      <DataTable
        label="Vulnerabilities"
        columns={columns}
        rows={ofCriticality(found, criticality)}
        rowKey={(one) => `${one.identifier} ${one.package.name} ${one.package.version}`}
        minWidth={640}
        sortedBy={{ key: "criticality", descending: false }}
      />
    </>
  );
}
