import { Button, Group, Modal, Stack, TagsInput, Text } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { EnforcedBlockVersion } from "../api/registry-types.ts";
import { Notice } from "../parts/notice.tsx";
import { notifyDone } from "../shell/notify.tsx";
import { linkBlock } from "./enforced-block-queries.ts";
import { usePlace } from "./registry-path.ts";
import { bucketsQuery } from "./registry-queries.ts";

/** Chooses the images whose builds must run this version of a block. */
export function LinkBlockDialog(props: {
  readonly name: string;
  readonly version: EnforcedBlockVersion;
  readonly linked: readonly string[];
  readonly onClose: () => void;
}) {
  const { name, version, linked, onClose } = props;
  const place = usePlace();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<string[]>([...linked]);
  const buckets = useInfiniteQuery(bucketsQuery(place));
  const known = buckets.data?.pages.flatMap((page) => page.buckets.map((bucket) => bucket.name)) ?? [];
  const linking = useMutation({
    mutationFn: async () => {
      if (place === undefined) throw new Error("No project is chosen.");
      await linkBlock(place, version, chosen);
    },
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: ["enforced-blocks"] });
      notifyDone(`The links of ${name} ${version.version} were changed.`);
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={`Images that must run ${name} ${version.version}`} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          linking.mutate();
        }}
      >
        <Stack>
          <TagsInput
            label="Images"
            description="Any image of the project; type to find one. An image that has another version of this block changes to this one."
            data={known}
            value={chosen}
            onChange={setChosen}
            maxDropdownHeight={240}
            data-autofocus
          />
          <Text size="sm" c="dimmed">
            The next build of each runs it, after the provisioners of its template. Builds that are running keep what
            they began with.
          </Text>
          {linking.error !== null && (
            <Notice tone="bad" title="Nothing was changed" urgent>
              {linking.error.message}
            </Notice>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={linking.isPending}>
              Link exactly these
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
