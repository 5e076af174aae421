import { Button, Group } from "@mantine/core";
import { IconPencil, IconTrash } from "@tabler/icons-react";
import type { RowAction } from "./row-menu.tsx";

/** What can be done with most things of a list. */
export function changeAndDelete(onChange: () => void, onDelete: () => void): [change: RowAction, remove: RowAction] {
  return [
    { label: "Change", icon: IconPencil, onClick: onChange },
    { label: "Delete", icon: IconTrash, danger: true, onClick: onDelete },
  ];
}

/** The same for the thing that a page is about. `isLoading`: what the change begins from is not all there yet. */
export function ChangeAndDelete(props: {
  readonly onChange: () => void;
  readonly onDelete: () => void;
  readonly isLoading?: boolean;
}) {
  return (
    <Group gap="xs">
      <Button
        variant="default"
        leftSection={<IconPencil size={16} aria-hidden />}
        disabled={props.isLoading ?? false}
        onClick={props.onChange}
      >
        Change
      </Button>
      <Button variant="default" leftSection={<IconTrash size={16} aria-hidden />} onClick={props.onDelete}>
        Delete
      </Button>
    </Group>
  );
}
