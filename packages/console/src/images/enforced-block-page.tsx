import { Button, Group, Stack, Text } from "@mantine/core";
import { IconLink, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { EnforcedBlock, EnforcedBlockVersion } from "../api/registry-types.ts";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { PageLink } from "../parts/link.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Snippet } from "../parts/snippet.tsx";
import { Empty } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { Guarded } from "../session/guarded.tsx";
import { BlockVersionDialog } from "./block-version-dialog.tsx";
import {
  blockVersionsQuery,
  deleteBlock,
  deleteBlockVersion,
  enforcedBlockQuery,
  linkedBucketsQuery,
} from "./enforced-block-queries.ts";
import { LinkBlockDialog } from "./link-block-dialog.tsx";
import { usePlace } from "./registry-path.ts";

const route = getRouteApi("/shell/enforced-blocks/$block");

/** One enforced block: its versions, their content, and the images that are linked to each. */
export function EnforcedBlockPage() {
  const { block: id } = route.useParams();
  const place = usePlace();
  const block = useQuery(enforcedBlockQuery(place, id));
  const versions = useQuery(blockVersionsQuery(place, id));
  const name = block.data?.name ?? "Enforced block";
  return (
    <>
      <PageHeader
        title={name}
        trail={[
          <PageLink key="images" to="/images">
            Images
          </PageLink>,
          <PageLink key="blocks" to="/enforced-blocks">
            Enforced blocks
          </PageLink>,
        ]}
        description={
          block.data && (
            <>
              Made <Time at={block.data.created_at} />
            </>
          )
        }
        actions={block.data && <Actions block={block.data} />}
      />
      <QueryView query={block} needs="registry:read" what="The enforced block">
        {() => (
          <QueryView
            query={versions}
            what="The list of versions"
            isEmpty={(all) => all.length === 0}
            empty={<Empty title="No version">Add one, and link images to it.</Empty>}
          >
            {(all) => (
              <Stack>
                {all.map((version) => (
                  <VersionPanel key={version.id} name={name} version={version} />
                ))}
              </Stack>
            )}
          </QueryView>
        )}
      </QueryView>
    </>
  );
}

function Actions({ block }: { readonly block: EnforcedBlock }) {
  const place = usePlace();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<"version" | "delete">();
  const content = block.latest_version?.block_content ?? "";
  return (
    <Guarded permission="registry:write">
      {(disabled) => (
        <>
          <Button
            disabled={disabled}
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => setDialog("version")}
          >
            New version
          </Button>
          <Button
            color="red"
            variant="light"
            disabled={disabled}
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => setDialog("delete")}
          >
            Delete
          </Button>
          {dialog === "version" && (
            <BlockVersionDialog
              block={{ id: block.id, name: block.name, content }}
              onClose={() => setDialog(undefined)}
            />
          )}
          <ConfirmDialog
            opened={dialog === "delete"}
            onClose={() => setDialog(undefined)}
            title={`Delete ${block.name}`}
            confirm="Delete the block"
            danger
            onConfirm={async () => {
              if (place !== undefined) await deleteBlock(place, block.id);
              await navigate({ to: "/enforced-blocks" });
              await queries.invalidateQueries({ queryKey: ["enforced-blocks"] });
            }}
          >
            All its versions go with it. It is refused while an image is linked to one of them; versions of images keep
            the names of the blocks they were built with.
          </ConfirmDialog>
        </>
      )}
    </Guarded>
  );
}

function VersionPanel({ name, version }: { readonly name: string; readonly version: EnforcedBlockVersion }) {
  const place = usePlace();
  const queries = useQueryClient();
  const linked = useQuery(linkedBucketsQuery(place, version.enforced_block_id, version.id));
  const [dialog, setDialog] = useState<"link" | "delete">();
  return (
    <Panel
      title={version.version}
      description={
        <>
          {version.additional_description !== "" && `${version.additional_description} · `}
          {version.template_type} · made <Time at={version.created_at} />
        </>
      }
      actions={
        <Guarded permission="registry:write">
          {(disabled) => (
            <Group gap="xs">
              <Button
                size="xs"
                variant="default"
                disabled={disabled || linked.data === undefined}
                leftSection={<IconLink size={15} aria-hidden />}
                aria-label={`Link images to ${version.version}`}
                onClick={() => setDialog("link")}
              >
                Link images
              </Button>
              <Button
                size="xs"
                variant="subtle"
                color="red"
                disabled={disabled}
                aria-label={`Delete ${version.version}`}
                onClick={() => setDialog("delete")}
              >
                Delete
              </Button>
            </Group>
          )}
        </Guarded>
      }
    >
      <Stack gap="sm">
        <QueryView query={linked} what="The list of linked images">
          {(names) => <LinkedImages names={names} />}
        </QueryView>
        <Snippet text={version.block_content} label={`Content of ${name} ${version.version}`} />
      </Stack>
      {dialog === "link" && (
        <LinkBlockDialog
          name={name}
          version={version}
          linked={linked.data ?? []}
          onClose={() => setDialog(undefined)}
        />
      )}
      <ConfirmDialog
        opened={dialog === "delete"}
        onClose={() => setDialog(undefined)}
        title={`Delete ${name} ${version.version}`}
        confirm="Delete the version"
        danger
        onConfirm={async () => {
          if (place !== undefined) await deleteBlockVersion(place, version);
          await queries.invalidateQueries({ queryKey: ["enforced-blocks"] });
        }}
      >
        It is refused while an image is linked to it.
      </ConfirmDialog>
    </Panel>
  );
}

function LinkedImages({ names }: { readonly names: readonly string[] }) {
  if (names.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No image is linked: no build has to run this version.
      </Text>
    );
  }
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed">
        Run by the builds of
      </Text>
      {names.map((name) => (
        <PageLink key={name} to="/images/$bucket" params={{ bucket: name }} fz="sm">
          {name}
        </PageLink>
      ))}
    </Group>
  );
}
