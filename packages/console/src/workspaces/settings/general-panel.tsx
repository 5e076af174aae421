import { Button, Group, Select, Stack, TagsInput, Text, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { relatedId } from "../../api/json-api.ts";
import { Panel } from "../../parts/panel.tsx";
import { useSession } from "../../session/use-session.ts";
import { useSave } from "../../shell/use-save.ts";
import { changeWorkspace, type WorkspaceResource } from "../workspace-resource.ts";
import { tagsQuery } from "./settings-queries.ts";
import { tagOfText, textOfTag } from "./tag-text.ts";

interface GeneralForm {
  readonly name: string;
  readonly description: string;
  readonly project: string;
  readonly tags: readonly string[];
}

/** What a workspace is called, where it is, and how it is found. */
export function GeneralPanel({ workspace }: { readonly workspace: WorkspaceResource }) {
  const { projects } = useSession();
  const tags = useQuery(tagsQuery(workspace.id)).data;
  const { saving, save } = useSave(["workspaces"]);
  const [changes, setChanges] = useState<Partial<GeneralForm>>({});
  const { attributes } = workspace;
  const readOnly = attributes.permissions["can-update"] !== true;
  const form: GeneralForm = {
    name: attributes.name,
    description: attributes.description ?? "",
    project: relatedId(workspace, "project") ?? "",
    tags: tags?.own.map(textOfTag) ?? [],
    ...changes,
  };
  const change = (patch: Partial<GeneralForm>) => setChanges((before) => ({ ...before, ...patch }));

  async function submit(): Promise<void> {
    const bindings = form.tags.map((text) => ({ type: "tag-bindings", attributes: tagOfText(text) }));
    const done = await save(() =>
      changeWorkspace(
        workspace.id,
        {
          ...(changes.name === undefined ? {} : { name: form.name.trim() }),
          ...(changes.description === undefined ? {} : { description: form.description }),
        },
        {
          ...(changes.project === undefined ? {} : { project: { data: { type: "projects", id: form.project } } }),
          ...(changes.tags === undefined ? {} : { "tag-bindings": { data: bindings } }),
        },
      ),
    );
    if (done) setChanges({});
  }

  return (
    <Panel title="General">
      <Stack gap="sm">
        <Group align="flex-start" grow>
          <TextInput
            label="Name"
            maxLength={90}
            disabled={readOnly}
            value={form.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <Select
            label="Project"
            allowDeselect={false}
            searchable
            disabled={readOnly}
            data={projects.map(({ external_id, name }) => ({ value: external_id, label: name }))}
            value={form.project}
            onChange={(project) => change({ project: project ?? form.project })}
          />
        </Group>
        <Textarea
          label="Description"
          autosize
          minRows={1}
          maxLength={1000}
          disabled={readOnly}
          value={form.description}
          onChange={(event) => change({ description: event.currentTarget.value })}
        />
        <TagsInput
          label="Tags"
          description="A word, or key=value; press Enter after each. A cloud block finds its workspaces by them."
          disabled={readOnly}
          maxTags={100}
          value={[...form.tags]}
          onChange={(value) => change({ tags: value })}
        />
        {tags !== undefined && tags.inherited.length > 0 && (
          <Text size="xs" c="dimmed">
            From its project: {tags.inherited.map(textOfTag).join(", ")}
          </Text>
        )}
        {!readOnly && (
          <div>
            <Button loading={saving} disabled={Object.keys(changes).length === 0} onClick={() => void submit()}>
              Save
            </Button>
          </div>
        )}
      </Stack>
    </Panel>
  );
}
