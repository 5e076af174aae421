import { MultiSelect, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { callApi } from "../api/client.ts";
import type { WorkspaceRef, WorkspaceSummary } from "../api/types.ts";

const shownMax = 25;

/** Workspaces whose name has this in it, the first few. */
function workspaceNamesQuery(text: string) {
  return queryOptions({
    queryKey: ["workspaces", "names", text],
    queryFn: async ({ signal }): Promise<readonly WorkspaceRef[]> =>
      (
        await callApi<{ readonly workspaces: readonly WorkspaceSummary[] }>("/api/v1/workspaces", {
          query: { q: text, limit: shownMax },
          signal,
        })
      ).workspaces.map(({ id, name }) => ({ id, name })),
    placeholderData: (before) => before,
  });
}

function useSearch(chosen: readonly WorkspaceRef[], leaveOut: string | undefined) {
  const [text, setText] = useState("");
  const [asked] = useDebouncedValue(text, 200);
  const { data = [] } = useQuery(workspaceNamesQuery(asked));
  const found = data.filter(({ id }) => id !== leaveOut && !chosen.some((one) => one.id === id));
  const options = [...chosen, ...found];
  return { text, setText, options };
}

interface PickerProps {
  readonly label: string;
  readonly description?: string;
  readonly disabled?: boolean;
  /** A workspace that cannot be chosen: the one that it is about. */
  readonly leaveOut?: string;
}

/** One workspace, found by a part of its name. */
export function WorkspacePicker(
  props: PickerProps & {
    readonly value: WorkspaceRef | undefined;
    readonly onChange: (workspace: WorkspaceRef | undefined) => void;
  },
) {
  const { value, onChange, leaveOut, ...rest } = props;
  const { text, setText, options } = useSearch(value === undefined ? [] : [value], leaveOut);
  return (
    <Select
      {...rest}
      searchable
      clearable
      placeholder="A part of its name"
      nothingFoundMessage="No workspace is called that"
      data={options.map(({ id, name }) => ({ value: id, label: name }))}
      searchValue={text}
      onSearchChange={setText}
      value={value?.id ?? null}
      onChange={(id) => onChange(options.find((one) => one.id === id))}
    />
  );
}

/** Any number of workspaces, found by a part of their names. */
export function WorkspacesPicker(
  props: PickerProps & {
    readonly value: readonly WorkspaceRef[];
    readonly onChange: (workspaces: readonly WorkspaceRef[]) => void;
  },
) {
  const { value, onChange, leaveOut, ...rest } = props;
  const { text, setText, options } = useSearch(value, leaveOut);
  return (
    <MultiSelect
      {...rest}
      searchable
      clearable
      placeholder={value.length === 0 ? "A part of a name" : ""}
      nothingFoundMessage="No other workspace is called that"
      data={options.map(({ id, name }) => ({ value: id, label: name }))}
      searchValue={text}
      onSearchChange={setText}
      value={value.map(({ id }) => id)}
      onChange={(ids) => onChange(ids.flatMap((id) => options.find((one) => one.id === id) ?? []))}
    />
  );
}
