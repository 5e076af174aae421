import { Button, CloseButton, Group, Pill, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconDownload, IconMapSearch, IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { ImageUse } from "../api/types.ts";
import { PageHeader } from "../parts/page-header.tsx";
import { Panel } from "../parts/panel.tsx";
import { plural } from "../parts/plural.ts";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { imageUseStatuses } from "../parts/status.ts";
import { worstFirst } from "./count-uses.ts";
import { downloadUses } from "./download-uses.ts";
import { imageUsesQuery } from "./image-use-queries.ts";
import { ImageUseTable } from "./image-use-table.tsx";
import { SearchResults } from "./search-results.tsx";
import type { WhereSearch } from "./where-search.ts";

const route = getRouteApi("/shell/where");

export function WherePage() {
  const search = route.useSearch();
  const { q = "", ...filter } = search;
  const navigate = useNavigate();
  const go = (next: WhereSearch) => void navigate({ to: "/where", search: next });
  const uses = useInfiniteQuery(imageUsesQuery(filter));
  const all = uses.data?.pages.flatMap((page) => page.image_uses);
  const filtered = Object.keys(filter).length > 0;

  return (
    <>
      <PageHeader
        title="Where"
        description="Which resource of which workspace runs which image, from every latest state. An image also stands for what was built from it."
      />
      <Stack>
        <SearchField key={q} q={q} onSearch={(next) => go(next === "" ? filter : { ...filter, q: next })} />
        {q !== "" && <SearchResults q={q} />}
        <Panel
          title={all === undefined ? "Uses" : plural(all.length, "use") + (uses.hasNextPage ? " loaded" : "")}
          padded={false}
          actions={
            <Group gap="xs">
              <Select
                size="xs"
                w={190}
                aria-label="Status"
                placeholder="Any status"
                clearable
                value={filter.status ?? null}
                onChange={(value) => {
                  const status = worstFirst.find((known) => known === value);
                  const { status: _, ...rest } = search;
                  go(status === undefined ? rest : { ...rest, status });
                }}
                data={worstFirst.map((status) => ({ value: status, label: imageUseStatuses[status].label }))}
              />
              <Button
                size="xs"
                variant="default"
                leftSection={<IconDownload size={15} aria-hidden />}
                disabled={all === undefined || all.length === 0}
                onClick={() => downloadUses(all ?? [])}
              >
                CSV
              </Button>
            </Group>
          }
        >
          <Filters search={search} uses={all ?? []} onChange={go} />
          <QueryView
            query={{ ...uses, data: all }}
            needs="image-use:read"
            what="The list of uses"
            isEmpty={(found) => found.length === 0}
            empty={<NothingFound filtered={filtered} onClear={() => go(q === "" ? {} : { q })} />}
          >
            {(found) => (
              <>
                <ImageUseTable label="Uses of images" uses={found} />
                {uses.hasNextPage && (
                  <Group justify="center" p="sm">
                    <Button
                      variant="default"
                      loading={uses.isFetchingNextPage}
                      onClick={() => void uses.fetchNextPage()}
                    >
                      Load more
                    </Button>
                  </Group>
                )}
              </>
            )}
          </QueryView>
        </Panel>
      </Stack>
    </>
  );
}

function SearchField({ q, onSearch }: { readonly q: string; readonly onSearch: (q: string) => void }) {
  const [text, setText] = useState(q);
  useEffect(() => {
    if (text.trim() === q) return;
    const timer = setTimeout(() => onSearch(text.trim()), 350);
    return () => clearTimeout(timer);
  }, [text, q, onSearch]);
  return (
    <TextInput
      maw={560}
      label="Search"
      description="An image, a version such as web v3, a workspace, or the identifier of an artifact"
      leftSection={<IconSearch size={16} aria-hidden />}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      {...(text === ""
        ? {}
        : { rightSection: <CloseButton size="sm" aria-label="Clear the search" onClick={() => onSearch("")} /> })}
    />
  );
}

const filterNames = { bucket: "Image", version: "Version", workspace: "Workspace", identifier: "Identifier" } as const;

/** The filters of the address that have no field of their own, each with a way to take it out. */
function Filters(props: {
  readonly search: WhereSearch;
  readonly uses: readonly ImageUse[];
  readonly onChange: (search: WhereSearch) => void;
}) {
  const { search, uses, onChange } = props;
  const given = (Object.keys(filterNames) as (keyof typeof filterNames)[]).filter((name) => search[name] !== undefined);
  if (given.length === 0) return null;
  return (
    <Group gap="xs" px="md" py="xs" style={{ borderBottom: "1px solid var(--surface-line)" }}>
      <Text size="xs" c="dimmed">
        Only
      </Text>
      {given.map((name) => (
        <Pill
          key={name}
          withRemoveButton
          removeButtonProps={{
            "aria-label": `Remove the filter ${filterNames[name]}`,
            "aria-hidden": false,
            tabIndex: 0,
          }}
          onRemove={() => {
            const rest: WhereSearch = { ...search };
            delete (rest as Record<string, unknown>)[name];
            // A version means nothing without its image.
            if (name === "bucket") delete (rest as Record<string, unknown>)["version"];
            onChange(rest);
          }}
        >
          {filterNames[name]}: {labelOf(name, search, uses)}
        </Pill>
      ))}
    </Group>
  );
}

function labelOf(name: keyof typeof filterNames, search: WhereSearch, uses: readonly ImageUse[]): string {
  const value = search[name] ?? "";
  if (name !== "workspace") return value;
  return uses.find((use) => use.workspace.id === value)?.workspace.name ?? value;
}

function NothingFound({ filtered, onClear }: { readonly filtered: boolean; readonly onClear: () => void }) {
  if (!filtered) {
    return (
      <Empty title="Nothing runs an image yet" icon={IconMapSearch}>
        With the first applied run of a workspace, Ingot reads which resource runs which image from its state.
      </Empty>
    );
  }
  return (
    <Empty
      title="No use fits"
      icon={IconMapSearch}
      actions={
        <Button variant="default" onClick={onClear}>
          Clear the filters
        </Button>
      }
    >
      No resource of any workspace&apos;s latest state is what the filters ask for.
    </Empty>
  );
}
