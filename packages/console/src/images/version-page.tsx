import { Button, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconArrowUpRight, IconBan, IconClock, IconRestore } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { Version } from "../api/registry-types.ts";
import { Identifier } from "../parts/identifier.tsx";
import { Notice } from "../parts/notice.tsx";
import { PageLink } from "../parts/link.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { Guarded } from "../session/guarded.tsx";
import { ArtifactsPanel } from "./artifacts-panel.tsx";
import { ChannelChip } from "./channel-chip.tsx";
import { ConsumePanel } from "./consume-panel.tsx";
import { EnforcementNotice } from "./enforcement-notice.tsx";
import { MetadataPanel } from "./metadata-panel.tsx";
import { PackagesPanel } from "./packages-panel.tsx";
import { PromoteVersionMenu } from "./promote-version-menu.tsx";
import { usePlace } from "./registry-path.ts";
import { channelsQuery, versionQuery } from "./registry-queries.ts";
import { RelativesPanel } from "./relatives-panel.tsx";
import { RestoreDialog } from "./restore-dialog.tsx";
import { RevokeDialog } from "./revoke-dialog.tsx";
import { VersionLink } from "./version-link.tsx";
import { VersionUsesPanel } from "./version-uses-panel.tsx";
import { isPromotable, versionTitle } from "./version-text.ts";
import { VulnerabilitiesPanel } from "./vulnerabilities-panel.tsx";

const route = getRouteApi("/shell/images/$bucket/$version");

export function VersionPage() {
  const { bucket, version: asked } = route.useParams();
  const place = usePlace();
  const version = useQuery(versionQuery(place, bucket, asked));
  const channels = useQuery(channelsQuery(place, bucket));
  const [dialog, setDialog] = useState<"revoke" | "restore">();
  const title = version.data === undefined ? asked : versionTitle(version.data);
  const pointing = channels.data?.filter((channel) => channel.version?.id === version.data?.id) ?? [];

  return (
    <>
      <PageHeader
        title={`${bucket} ${title}`}
        trail={[
          <PageLink key="images" to="/images">
            Images
          </PageLink>,
          <PageLink key="bucket" to="/images/$bucket" params={{ bucket }}>
            {bucket}
          </PageLink>,
        ]}
        status={
          version.data && (
            <>
              <StatusBadge of="version" status={version.data.status} />
              {pointing.map((channel) => (
                <ChannelChip key={channel.id} channel={channel} />
              ))}
            </>
          )
        }
        description={version.data && <Facts version={version.data} />}
        actions={version.data && <Actions version={version.data} onOpen={setDialog} />}
      />
      <QueryView query={version} needs="registry:read" what={`Version ${asked} of ${bucket}`}>
        {(data) => (
          <Stack>
            <RevocationNotice version={data} />
            <EnforcementNotice version={data} />
            <VersionUsesPanel version={data} />
            <ArtifactsPanel version={data} />
            <PackagesPanel version={data} />
            <VulnerabilitiesPanel version={data} />
            <SimpleGrid cols={{ base: 1, lg: 2 }}>
              <RelativesPanel version={data} />
              <MetadataPanel version={data} />
            </SimpleGrid>
            <ConsumePanel version={data} channels={channels.data ?? []} />
            {dialog === "revoke" && <RevokeDialog version={data} onClose={() => setDialog(undefined)} />}
            {dialog === "restore" && <RestoreDialog version={data} onClose={() => setDialog(undefined)} />}
          </Stack>
        )}
      </QueryView>
    </>
  );
}

function Facts({ version }: { readonly version: Version }) {
  return (
    <Group gap="xs">
      <Text inherit>
        Created <Time at={version.created_at} /> by {version.author_id || "an unknown author"}
      </Text>
      <Text inherit component="div">
        Fingerprint <Identifier value={version.fingerprint} maxWidth={260} />
      </Text>
    </Group>
  );
}

function Actions(props: { readonly version: Version; readonly onOpen: (dialog: "revoke" | "restore") => void }) {
  const { version, onOpen } = props;
  const dated = version.revoke_at !== null;
  const revoked = version.status === "VERSION_REVOKED";
  return (
    <>
      {isPromotable(version) && (
        <PromoteVersionMenu version={version} icon={<IconArrowUpRight size={16} aria-hidden />} />
      )}
      {dated && version.revocation_type !== "INHERITED" && (
        <Guarded permission="version:revoke">
          {(disabled) => (
            <Button
              variant="default"
              disabled={disabled}
              leftSection={<IconRestore size={16} aria-hidden />}
              onClick={() => onOpen("restore")}
            >
              {revoked ? "Restore" : "Cancel the revocation"}
            </Button>
          )}
        </Guarded>
      )}
      {!revoked && (
        <Guarded permission="version:revoke">
          {(disabled) => (
            <Button
              color="red"
              variant="light"
              disabled={disabled}
              leftSection={<IconBan size={16} aria-hidden />}
              onClick={() => onOpen("revoke")}
            >
              {dated ? "Change the date" : "Revoke"}
            </Button>
          )}
        </Guarded>
      )}
    </>
  );
}

function RevocationNotice({ version }: { readonly version: Version }) {
  if (version.revoke_at === null) return null;
  const revoked = version.status === "VERSION_REVOKED";
  const ancestor = version.revocation_inherited_from;
  return (
    <Notice
      tone={revoked ? "bad" : "warn"}
      icon={revoked ? IconBan : IconClock}
      title={revoked ? "This version must not be used any more" : "This version will be revoked"}
    >
      <Stack gap={2}>
        <Text size="sm">{version.revocation_message || "No reason was given."}</Text>
        <Text size="sm">
          {revoked ? "Revoked" : "Takes effect"} <Time at={version.revoke_at} />
          {version.revocation_author !== "" && ` by ${version.revocation_author}`}.
        </Text>
        {ancestor !== null && (
          <Text size="sm">
            It is revoked because it stands on{" "}
            <VersionLink bucket={ancestor.bucket_name} version={ancestor.version_fingerprint}>
              {ancestor.bucket_name} {ancestor.version_name}
            </VersionLink>
            ; it is restored together with that one.
          </Text>
        )}
      </Stack>
    </Notice>
  );
}
