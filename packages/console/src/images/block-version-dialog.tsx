import { Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Notice } from "../parts/notice.tsx";
import { notifyDone } from "../shell/notify.tsx";
import { createBlock, createBlockVersion, type NewBlockVersion } from "./enforced-block-queries.ts";
import { usePlace } from "./registry-path.ts";

const example = `provisioner "shell" {
  inline = ["echo hardened"]
}
`;

/** Makes a block with its first version and shows it, or another version of `block`, which begins as a copy of `content`. */
export function BlockVersionDialog(props: {
  readonly block?: { readonly id: string; readonly name: string; readonly content: string };
  readonly onClose: () => void;
}) {
  const { block, onClose } = props;
  const place = usePlace();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [version, setVersion] = useState(block === undefined ? "1.0.0" : "");
  const [description, setDescription] = useState("");
  const [content, setContent] = useState(block?.content ?? example);
  const creation = useMutation({
    mutationFn: async () => {
      if (place === undefined) throw new Error("No project is chosen.");
      const made: NewBlockVersion = {
        version: version.trim(),
        block_content: content,
        additional_description: description.trim(),
      };
      if (block === undefined) return createBlock(place, { ...made, name: name.trim() });
      await createBlockVersion(place, block.id, made);
      return undefined;
    },
    async onSuccess(created) {
      await queries.invalidateQueries({ queryKey: ["enforced-blocks"] });
      notifyDone(`${block?.name ?? name.trim()} ${version.trim()} was made. Link images to it.`);
      onClose();
      if (created !== undefined) await navigate({ to: "/enforced-blocks/$block", params: { block: created.id } });
    },
  });
  const isIncomplete = version.trim() === "" || content.trim() === "" || (block === undefined && name.trim() === "");
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={block === undefined ? "New enforced block" : `New version of ${block.name}`}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          creation.mutate();
        }}
      >
        <Stack>
          {block === undefined && (
            <TextInput
              label="Name"
              description="What it makes sure of, such as hardening."
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              required
              data-autofocus
            />
          )}
          <TextInput
            label="Version"
            description="A version never changes; images are linked to one of them."
            value={version}
            onChange={(event) => setVersion(event.currentTarget.value)}
            required
          />
          <TextInput
            label="Description"
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
          />
          <Textarea
            label="Content"
            description="Provisioner blocks of Packer, in HCL or JSON. Variables may stand in the arguments of plugins alone."
            value={content}
            onChange={(event) => setContent(event.currentTarget.value)}
            autosize
            minRows={8}
            maxRows={20}
            spellCheck={false}
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
            required
          />
          {creation.error !== null && (
            <Notice tone="bad" title="It was not made" urgent>
              {creation.error.message}
            </Notice>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={creation.isPending} disabled={isIncomplete}>
              {block === undefined ? "Make the block" : "Make the version"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
