import { Group, Stack, Table, Text, Title } from "@mantine/core";
import type { Build, Version } from "../api/registry-types.ts";
import { Panel } from "../parts/panel.tsx";
import { Empty } from "../parts/states.tsx";

/** Labels and whatever the builds said about themselves. */
export function MetadataPanel({ version }: { readonly version: Version }) {
  const builds = version.builds.map((build) => ({ build, entries: entriesOf(build) }));
  const empty = builds.every(({ entries }) => entries.length === 0);
  return (
    <Panel title="Labels and metadata">
      {empty ? (
        <Empty title="No metadata">
          Builds can send labels, and Packer sends what it ran with; the builds of this version sent nothing.
        </Empty>
      ) : (
        <Stack>
          {builds.map(({ build, entries }) => (
            <div key={build.id}>
              {builds.length > 1 && (
                <Title order={3} mb={4}>
                  {build.component_type}
                </Title>
              )}
              <Table verticalSpacing={4} horizontalSpacing="xs" aria-label={`Metadata of ${build.component_type}`}>
                <Table.Tbody>
                  {entries.map(([name, value]) => (
                    <Table.Tr key={name}>
                      <Table.Th scope="row" fw={400} w="40%" c="dimmed" fz="sm" style={{ verticalAlign: "top" }}>
                        {name}
                      </Table.Th>
                      <Table.Td fz="sm" style={{ overflowWrap: "anywhere" }}>
                        {value}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </div>
          ))}
          {version.template_type !== "TEMPLATE_TYPE_UNSET" && (
            <Group gap="xs">
              <Text size="sm" c="dimmed">
                Template
              </Text>
              <Text size="sm">{version.template_type}</Text>
            </Group>
          )}
        </Stack>
      )}
    </Panel>
  );
}

function entriesOf(build: Build): readonly (readonly [string, string])[] {
  return [...flatten("", build.labels), ...flatten("", build.metadata ?? {})];
}

/** Members of members as `packer.os.type`; what is null or empty says nothing. */
function flatten(prefix: string, value: unknown): readonly (readonly [string, string])[] {
  if (value === null || value === undefined || value === "") return [];
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) {
    return value.length === 0 ? [] : [[prefix, value.join(", ")]];
  }
  if (typeof value === "object") {
    return Object.entries(value).flatMap(([key, member]) => flatten(prefix === "" ? key : `${prefix}.${key}`, member));
  }
  return [[prefix, typeof value === "string" ? value : JSON.stringify(value)]];
}
