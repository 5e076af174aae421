import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { notifyDone } from "../shell/notify.tsx";
import { usePlace } from "./registry-path.ts";
import { createChannel } from "./registry-writes.ts";

export function CreateChannelDialog({ bucket, onClose }: { readonly bucket: string; readonly onClose: () => void }) {
  const place = usePlace();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const creation = useMutation({
    mutationFn: async () => {
      if (place === undefined) throw new Error("No project is chosen.");
      return createChannel(place, bucket, { name: name.trim(), fingerprint: null });
    },
    async onSuccess(channel) {
      await queries.invalidateQueries({ queryKey: ["channels"] });
      notifyDone(`Channel ${channel.name} was made. Promote a version to it.`);
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={`New channel of ${bucket}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          creation.mutate();
        }}
      >
        <Stack>
          <TextInput
            label="Name"
            description="What consumers will ask for, such as production or canary."
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={creation.error?.message}
            required
            data-autofocus
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={creation.isPending} disabled={name.trim() === ""}>
              Make the channel
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
