import { Text } from "@mantine/core";
import { IconFileCode } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { AddButton } from "../parts/add-button.tsx";
import { changeAndDelete } from "../parts/change-and-delete.tsx";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import type { Column } from "../parts/data-table.tsx";
import { useNameFilter } from "../parts/name-filter.tsx";
import { PagedTable } from "../parts/paged-table.tsx";
import { Panel } from "../parts/panel.tsx";
import { menuColumn } from "../parts/row-menu.tsx";
import { Empty } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { useMay, useSession } from "../session/use-session.ts";
import { useRefresh } from "../shell/use-save.ts";
import { PolicyDialog } from "./policy-dialog.tsx";
import { deletePolicy, policiesQuery, savePolicy, type Policy } from "./policy-queries.ts";
import { languageOf } from "./policy-sets.tsx";

type Asked = { readonly what: "new" } | { readonly what: "change" | "delete"; readonly policy: Policy };

/** The policies that are managed one by one. */
export function Policies() {
  const { organization } = useSession();
  const may = useMay();
  const mayWrite = may("policy-set:write");
  const refresh = useRefresh(["policy-sets"]);
  const filter = useNameFilter("Filter policies by name");
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);
  const query = useInfiniteQuery({
    ...policiesQuery(organization.name, filter.wanted),
    enabled: may("policy-set:read"),
    placeholderData: (before) => before,
  });
  return (
    <Panel
      title="Policies"
      description="In the language of Open Policy Agent. What a query finds stops a run, or is shown with it."
      padded={false}
      actions={mayWrite && <AddButton onClick={() => setAsked({ what: "new" })}>New policy</AddButton>}
    >
      {filter.field}
      <PagedTable
        query={query}
        needs="policy-set:read"
        label="Policies"
        empty={
          filter.wanted === "" ? (
            <Empty icon={IconFileCode} title="No policy yet">
              Policies of an archive that was uploaded to a set are not listed here.
            </Empty>
          ) : (
            <Empty title="No policy is called that" />
          )
        }
        columns={[
          ...columns,
          menuColumn<Policy>(
            ({ attributes }) => attributes.name,
            (policy) => {
              if (!mayWrite) return [];
              const [change, remove] = changeAndDelete(
                () => setAsked({ what: "change", policy }),
                () => setAsked({ what: "delete", policy }),
              );
              // What is not evaluated is not written here either.
              return policy.attributes.kind === "opa" ? [change, remove] : [remove];
            },
          ),
        ]}
      />
      {(asked?.what === "new" || asked?.what === "change") && (
        <PolicyDialog
          policy={asked.what === "change" ? asked.policy : undefined}
          onClose={close}
          onSave={async (input) => {
            await savePolicy(organization.name, asked.what === "change" ? asked.policy.id : undefined, input);
            await refresh();
          }}
        />
      )}
      <ConfirmDialog
        opened={asked?.what === "delete"}
        onClose={close}
        title="Delete this policy?"
        confirm="Delete policy"
        danger
        onConfirm={async () => {
          if (asked?.what !== "delete") return;
          await deletePolicy(asked.policy.id);
          await refresh();
        }}
      >
        {asked?.what === "delete" &&
          `${asked.policy.attributes.name} is no longer evaluated, in any set that it is in.`}
      </ConfirmDialog>
    </Panel>
  );
}

const columns: readonly Column<Policy>[] = [
  {
    key: "name",
    header: "Name",
    cell: ({ attributes }) => (
      <>
        <Text span size="sm" fw={500} style={{ overflowWrap: "anywhere" }}>
          {attributes.name}
        </Text>
        {attributes.description !== "" && (
          <Text size="xs" c="dimmed" lineClamp={2}>
            {attributes.description}
          </Text>
        )}
      </>
    ),
  },
  { key: "kind", header: "Language", from: "sm", cell: ({ attributes }) => languageOf(attributes.kind) },
  {
    key: "level",
    header: "Level",
    cell: ({ attributes }) => <StatusBadge of="enforcement-level" status={attributes["enforcement-level"]} />,
  },
  { key: "sets", header: "Sets", numeric: true, cell: ({ attributes }) => attributes["policy-set-count"] },
  { key: "when", header: "Changed", from: "md", cell: ({ attributes }) => <Time at={attributes["updated-at"]} /> },
];
