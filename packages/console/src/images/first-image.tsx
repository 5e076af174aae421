import { Stack, Text } from "@mantine/core";
import { IconStack2 } from "@tabler/icons-react";
import { Snippet } from "../parts/snippet.tsx";
import { Empty } from "../parts/states.tsx";

/** What to do in a project that has no image. */
export function FirstImage() {
  return (
    <Empty title="No image yet" icon={IconStack2}>
      <Stack gap="xs" w="100%" ta="left">
        <Text size="sm" c="dimmed">
          An image appears here with its first build. Any Packer template with an hcp_packer_registry block works, or
          any command that writes an ingot-manifest.json:
        </Text>
        <Snippet
          label="Commands that build a first image"
          text={['eval "$(ingot env)"', "packer build .", "# or, without Packer:", "ingot build DIRECTORY"].join("\n")}
        />
      </Stack>
    </Empty>
  );
}
