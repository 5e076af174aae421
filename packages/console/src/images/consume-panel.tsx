import { Code, Select, Stack, Tabs, Text } from "@mantine/core";
import { useState } from "react";
import type { Channel, Version } from "../api/registry-types.ts";
import { Panel } from "../parts/panel.tsx";
import { Snippet } from "../parts/snippet.tsx";
import { useProject, useSession } from "../session/use-session.ts";
import { consumeSnippets } from "./consume-snippets.ts";

/** Ready-made pieces of configuration that read a channel of the version's image. */
export function ConsumePanel({
  version,
  channels,
}: {
  readonly version: Version;
  readonly channels: readonly Channel[];
}) {
  const session = useSession();
  const { project } = useProject();
  const pointing = channels.filter((channel) => channel.version?.id === version.id);
  const offered = channels.filter((channel) => !channel.managed).concat(channels.filter((channel) => channel.managed));
  const [chosen, setChosen] = useState<string | null>(null);
  const preferred = pointing.find((channel) => !channel.managed) ?? pointing[0] ?? offered[0];
  const channel = chosen ?? preferred?.name ?? "latest";
  const build = version.builds[0];
  const snippets = consumeSnippets({
    origin: window.location.origin,
    organization: session.organization.name,
    project: project?.name ?? "default",
    bucket: version.bucket_name,
    channel,
    platform: build?.platform ?? "aws",
    region: build?.artifacts[0]?.region ?? "us-east-1",
  });
  const isThere = pointing.some((candidate) => candidate.name === channel);
  return (
    <Panel
      title="How to consume it"
      description="Consumers read a channel and get the version it points at; promoting moves them all."
      actions={
        <Select
          size="xs"
          aria-label="Channel"
          allowDeselect={false}
          value={channel}
          onChange={setChosen}
          data={offered.map((candidate) => candidate.name)}
        />
      }
    >
      <Stack gap="sm">
        {!isThere && (
          <Text size="sm" c="dimmed">
            {channels.some((candidate) => candidate.name === channel && candidate.managed)
              ? `${channel} moves by itself and points at another version.`
              : `${channel} does not point at this version; promote it there first, or its consumers get another one.`}
          </Text>
        )}
        <Tabs defaultValue="http" variant="default">
          <Tabs.List mb="sm">
            <Tabs.Tab value="http">Terraform, no provider</Tabs.Tab>
            <Tabs.Tab value="provider">HCP provider</Tabs.Tab>
            <Tabs.Tab value="packer">Packer</Tabs.Tab>
            <Tabs.Tab value="curl">curl</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="http">
            <Snippet label="terraform_remote_state" text={snippets.remoteState} />
            <Hint>
              Inside a run of Ingot the address and the credential are there already. Elsewhere give a token as{" "}
              <Code>TF_HTTP_PASSWORD</Code>; <Code>ingot env</Code> sets it.
            </Hint>
          </Tabs.Panel>
          <Tabs.Panel value="provider">
            <Snippet label="HCP provider data sources" text={snippets.provider} />
            <Hint>
              The provider finds this server by the variables that <Code>ingot env</Code> prints.
            </Hint>
          </Tabs.Panel>
          <Tabs.Panel value="packer">
            <Snippet label="Packer data sources" text={snippets.packer} />
            <Hint>An image that is built so becomes a child of this one, and is revoked with it.</Hint>
          </Tabs.Panel>
          <Tabs.Panel value="curl">
            <Snippet label="curl" text={snippets.curl} />
            <Hint>
              Answers the bare identifier. Without <Code>/identifier</Code> it is JSON with every artifact.
            </Hint>
          </Tabs.Panel>
        </Tabs>
      </Stack>
    </Panel>
  );
}

function Hint({ children }: { readonly children: React.ReactNode }) {
  return (
    <Text size="sm" c="dimmed" mt="xs">
      {children}
    </Text>
  );
}
