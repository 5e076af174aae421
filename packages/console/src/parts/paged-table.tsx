import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { itemsOf, type Resource, type ResourceList } from "../api/json-api.ts";
import { DataTable, type Column } from "./data-table.tsx";
import { LoadMore } from "./load-more.tsx";
import { QueryView } from "./query-view.tsx";

/** A list of the Terraform API as a table that grows by a page at a time. `needs` as of {@link QueryView}. */
export function PagedTable<Attributes>(props: {
  readonly query: UseInfiniteQueryResult<{ readonly pages: readonly ResourceList<Attributes>[] }>;
  readonly needs?: string;
  /** Names the table, and what is loaded in messages. */
  readonly label: string;
  readonly columns: readonly Column<Resource<Attributes>>[];
  readonly empty: ReactNode;
  readonly minWidth?: number;
}) {
  const { query } = props;
  return (
    <QueryView
      query={query}
      what={props.label}
      {...(props.needs === undefined ? {} : { needs: props.needs })}
      isEmpty={(data) => itemsOf(data).length === 0}
      empty={props.empty}
    >
      {(data) => (
        <>
          <DataTable
            label={props.label}
            rows={itemsOf(data)}
            rowKey={(row) => row.id}
            columns={props.columns}
            {...(props.minWidth === undefined ? {} : { minWidth: props.minWidth })}
          />
          <LoadMore query={query} />
        </>
      )}
    </QueryView>
  );
}
