import { ActionIcon, Menu } from "@mantine/core";
import { IconDots, type Icon } from "@tabler/icons-react";
import type { Column } from "./data-table.tsx";

export interface RowAction {
  readonly label: string;
  readonly icon: Icon;
  readonly danger?: boolean;
  readonly onClick: () => void;
}

/** What can be done with one row of a table; nothing when nothing can. `of` names the row. */
export function RowMenu({ of, actions }: { readonly of: string; readonly actions: readonly RowAction[] }) {
  if (actions.length === 0) return null;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${of}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map(({ label, icon: Icon, danger, onClick }) => (
          <Menu.Item
            key={label}
            leftSection={<Icon size={16} aria-hidden />}
            {...(danger === true ? { color: "red" } : {})}
            onClick={onClick}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The column with the menus of the rows. `of` names a row. */
export function menuColumn<Row>(of: (row: Row) => string, actions: (row: Row) => readonly RowAction[]): Column<Row> {
  return {
    key: "menu",
    header: "Actions",
    hideHeader: true,
    width: 60,
    cell: (row) => <RowMenu of={of(row)} actions={actions(row)} />,
  };
}
