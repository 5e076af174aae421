import { Code, Group, SegmentedControl, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconListSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { DataTable } from "../parts/data-table.tsx";
import { LoadMore } from "../parts/load-more.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { useMay } from "../session/use-session.ts";
import { auditRecordsQuery, noAuditFilter, type AuditFilter, type AuditRecord } from "./audit-queries.ts";

const outcomes = [
  { value: "", label: "Any outcome" },
  { value: "ok", label: "Done" },
  { value: "refused", label: "Refused" },
  { value: "failed", label: "Failed" },
  { value: "unknown", label: "Unknown" },
] as const;

const trails = [
  { value: "organization", label: "Organization" },
  { value: "installation", label: "Installation" },
] as const;

const typingMs = 300;

/** Who did what, or was refused. */
export function AuditTrail() {
  const may = useMay();
  const [filter, setFilter] = useState<AuditFilter>(noAuditFilter);
  const [asked] = useDebouncedValue(filter, typingMs);
  const query = useInfiniteQuery({ ...auditRecordsQuery(asked), enabled: may("audit:read") });
  const set = (change: Partial<AuditFilter>) => setFilter((before) => ({ ...before, ...change }));
  const narrowed = asked.actor + asked.action + asked.resource + asked.outcome !== "";
  return (
    <Panel
      title="Audit"
      description={
        <>
          Every write and every refusal, in a chain that <Code>ingot audit verify</Code> checks. Refused sign-ins are in
          the trail of the installation.
        </>
      }
    >
      {may("audit:read") && (
        <Group mb="sm" gap="sm" align="flex-end">
          <SegmentedControl
            aria-label="Which trail"
            data={[...trails]}
            value={filter.trail}
            onChange={(trail) => set({ trail })}
          />
          <TextInput
            label="Who"
            placeholder="exact name"
            value={filter.actor}
            onChange={(event) => set({ actor: event.currentTarget.value })}
          />
          <TextInput
            label="Action"
            placeholder="such as UpdateChannel"
            value={filter.action}
            onChange={(event) => set({ action: event.currentTarget.value })}
          />
          <TextInput
            label="What"
            placeholder="exact name"
            value={filter.resource}
            onChange={(event) => set({ resource: event.currentTarget.value })}
          />
          <Select
            label="Outcome"
            data={[...outcomes]}
            value={filter.outcome}
            allowDeselect={false}
            w={150}
            onChange={(outcome) => set({ outcome: outcome ?? "" })}
          />
        </Group>
      )}
      <QueryView
        query={query}
        needs="audit:read"
        what="The audit trail"
        isEmpty={({ pages }) => pages.every((page) => page.records.length === 0)}
        empty={
          <Empty icon={IconListSearch} title={narrowed ? "Nothing fits" : "Nothing is recorded yet"}>
            {narrowed
              ? "No record fits all of these. Names are compared whole."
              : "What is written, and what is refused, stands here from now on."}
          </Empty>
        }
      >
        {({ pages }) => (
          <>
            <RecordTable rows={pages.flatMap((page) => page.records)} />
            <LoadMore query={query} />
          </>
        )}
      </QueryView>
    </Panel>
  );
}

function RecordTable({ rows }: { readonly rows: readonly AuditRecord[] }) {
  return (
    <DataTable
      label="Audit records"
      rows={rows}
      rowKey={(record) => record.id}
      minWidth={720}
      columns={[
        { key: "number", header: "Number", numeric: true, width: 90, cell: (record) => record.sequence, from: "sm" },
        { key: "when", header: "When", cell: (record) => <Time at={record.at} /> },
        {
          key: "who",
          header: "Who",
          cell: ({ actor, request }) => (
            <Stacked main={actor.name ?? actor.kind.replaceAll("_", " ")} beside={request?.client_ip ?? "by itself"} />
          ),
        },
        {
          key: "what",
          header: "What",
          cell: ({ action, resource }) => (
            <Stacked
              main={action}
              beside={resource === null ? "" : `${resource.kind} ${resource.name ?? resource.id ?? ""}`}
            />
          ),
        },
        {
          key: "outcome",
          header: "Outcome",
          cell: (record) => (
            <>
              <StatusBadge of="audit" status={record.outcome} />
              {record.code !== null && (
                <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                  {record.code}
                </Text>
              )}
            </>
          ),
        },
      ]}
    />
  );
}

function Stacked({ main, beside }: { readonly main: string; readonly beside: string }) {
  return (
    <Stack gap={0}>
      <span style={{ overflowWrap: "anywhere" }}>{main}</span>
      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {beside}
      </Text>
    </Stack>
  );
}
