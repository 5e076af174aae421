import { Box, Table, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconArrowsSort } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import classes from "./data-table.module.css";

export interface Column<Row> {
  readonly key: string;
  readonly header: string;
  /** Only screen readers get the header: what the cells are says itself. */
  readonly hideHeader?: boolean;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers stand on the right. */
  readonly numeric?: boolean;
  /** Makes the column sortable by what is answered; nulls come last. */
  readonly sortBy?: (row: Row) => string | number | null;
  readonly width?: number | string;
  /** Leaves the column out on screens narrower than this. */
  readonly from?: "xs" | "sm" | "md" | "lg";
}

interface Sorting {
  readonly key: string;
  readonly descending: boolean;
}

/** A table of rows that are all there; scrolls sideways by itself where it does not fit. `label` names it for screen readers. */
export function DataTable<Row>(props: {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row, index: number) => string;
  readonly minWidth?: number;
  readonly sortedBy?: Sorting;
}) {
  const [sorting, setSorting] = useState<Sorting | undefined>(props.sortedBy);
  const rows = sortRows(props.rows, props.columns, sorting);
  return (
    // What scrolls must be reachable by keyboard.
    <Box style={{ overflowX: "auto" }} tabIndex={0} role="group" aria-label={props.label}>
      <Table className={classes["table"] ?? ""} highlightOnHover miw={props.minWidth ?? 560} aria-label={props.label}>
        <Table.Thead>
          <Table.Tr>
            {props.columns.map((column) => (
              <Table.Th
                key={column.key}
                scope="col"
                className={column.numeric === true ? (classes["number"] ?? "") : ""}
                {...(column.width === undefined ? {} : { w: column.width })}
                {...(column.from === undefined ? {} : { visibleFrom: column.from })}
                {...(column.sortBy === undefined ? {} : { "aria-sort": ariaSort(column.key, sorting) })}
              >
                {column.hideHeader === true ? (
                  <VisuallyHidden>{column.header}</VisuallyHidden>
                ) : column.sortBy === undefined ? (
                  column.header
                ) : (
                  <UnstyledButton
                    className={classes["sort"] ?? ""}
                    onClick={() => {
                      const same = sorting?.key === column.key;
                      setSorting({ key: column.key, descending: same ? !sorting.descending : false });
                    }}
                  >
                    {column.header}
                    <SortIcon sorting={sorting?.key === column.key ? sorting : undefined} />
                  </UnstyledButton>
                )}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, index) => (
            <Table.Tr key={props.rowKey(row, index)}>
              {props.columns.map((column) => (
                <Table.Td
                  key={column.key}
                  className={column.numeric === true ? (classes["number"] ?? "") : ""}
                  {...(column.from === undefined ? {} : { visibleFrom: column.from })}
                >
                  {column.cell(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Box>
  );
}

function ariaSort(key: string, sorting: Sorting | undefined): "ascending" | "descending" | "none" {
  if (sorting?.key !== key) return "none";
  return sorting.descending ? "descending" : "ascending";
}

function SortIcon({ sorting }: { readonly sorting: Sorting | undefined }) {
  if (sorting === undefined) return <IconArrowsSort size={12} aria-hidden opacity={0.5} />;
  return sorting.descending ? <IconArrowDown size={12} aria-hidden /> : <IconArrowUp size={12} aria-hidden />;
}

function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sorting: Sorting | undefined,
): readonly Row[] {
  const sortBy = columns.find((column) => column.key === sorting?.key)?.sortBy;
  if (sorting === undefined || sortBy === undefined) return rows;
  const direction = sorting.descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [sortBy(a), sortBy(b)];
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
    if (typeof left === "number" && typeof right === "number") return direction * (left - right);
    return direction * String(left).localeCompare(String(right), "en", { numeric: true });
  });
}
