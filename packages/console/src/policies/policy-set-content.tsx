import { Button, FileButton, Group, Stack, Text } from "@mantine/core";
import { IconFileCode, IconUpload } from "@tabler/icons-react";
import type { Resource } from "../api/json-api.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Notice } from "../parts/notice.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { useMay } from "../session/use-session.ts";
import { useSave } from "../shell/use-save.ts";
import { uploadVersion, type Policy, type PolicySet, type PolicySetVersion } from "./policy-queries.ts";

/** What a set consists of: policies that are managed one by one, or an archive. */
export function PolicySetContent(props: {
  readonly set: PolicySet;
  readonly policies: readonly Resource<unknown>[];
  readonly version: Resource<unknown> | undefined;
}) {
  const { set } = props;
  const policies = props.policies as readonly Policy[];
  const version = props.version?.attributes as PolicySetVersion | undefined;
  const may = useMay();
  const canUpload = may("policy-set:write") && set.attributes.kind === "opa" && policies.length === 0;
  return (
    <Panel
      title="Policies"
      padded={false}
      actions={canUpload && <UploadButton set={set} />}
      {...(set.attributes.versioned ? { description: "Of an archive; the next one takes their place." } : {})}
    >
      {version !== undefined && (
        <Stack gap="xs" p="md">
          <Group gap="xs">
            <Text span size="sm">
              Newest archive
            </Text>
            <StatusBadge of="policy-version" status={version.status} />
            <Text span size="xs" c="dimmed">
              <Time at={version["created-at"]} />
            </Text>
            {set.attributes.versioned && (
              <Text span size="xs" c="dimmed">
                · {set.attributes["policy-count"]} policies count now
              </Text>
            )}
          </Group>
          {version["error-message"] !== null && <Notice tone="bad">{version["error-message"]}</Notice>}
        </Stack>
      )}
      {policies.length > 0 ? (
        <DataTable
          label="Policies of the set"
          rows={policies}
          rowKey={(policy) => policy.id}
          columns={[
            { key: "name", header: "Name", cell: ({ attributes }) => attributes.name },
            { key: "description", header: "Description", from: "sm", cell: ({ attributes }) => attributes.description },
            {
              key: "level",
              header: "Level",
              cell: ({ attributes }) => <StatusBadge of="enforcement-level" status={attributes["enforcement-level"]} />,
            },
          ]}
        />
      ) : (
        version === undefined && (
          <Empty icon={IconFileCode} title="Nothing in it yet">
            Choose policies under Change, or upload a .tar.gz with a policies.hcl that names them.
          </Empty>
        )
      )}
    </Panel>
  );
}

function UploadButton({ set }: { readonly set: PolicySet }) {
  const { saving, save } = useSave(["policy-sets"]);
  return (
    <FileButton
      accept=".tgz,.gz,application/gzip"
      onChange={(file) => {
        if (file !== null) void save(() => uploadVersion(set.id, file), "Uploaded: it counts from now on.");
      }}
    >
      {(button) => (
        <Button {...button} variant="default" loading={saving} leftSection={<IconUpload size={16} aria-hidden />}>
          Upload an archive
        </Button>
      )}
    </FileButton>
  );
}
