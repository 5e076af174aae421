import { Group, Kbd, Modal, Table } from "@mantine/core";
import { destinations } from "./destinations.ts";

export function ShortcutsDialog({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const rows: readonly (readonly [keys: readonly string[], does: string])[] = [
    [["/"], "Search"],
    [["?"], "Show this list"],
    [["Esc"], "Close a dialog, leave the search"],
    ...destinations.map(({ key, label }) => [["g", key], `Go to ${label}`] as const),
  ];
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" size="sm">
      <Table verticalSpacing={4} aria-label="Keyboard shortcuts">
        <Table.Tbody>
          {rows.map(([keys, does]) => (
            <Table.Tr key={does}>
              <Table.Td>{does}</Table.Td>
              <Table.Td>
                <Group gap={4} justify="flex-end">
                  {keys.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
