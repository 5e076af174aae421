import { Stack, Textarea, TextInput } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { callTfe, pathOf, resourceBody, resourcePages, type Resource } from "../api/json-api.ts";
import { AddButton } from "../parts/add-button.tsx";
import { changeAndDelete } from "../parts/change-and-delete.tsx";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { PagedTable } from "../parts/paged-table.tsx";
import { Panel } from "../parts/panel.tsx";
import { menuColumn } from "../parts/row-menu.tsx";
import { Empty } from "../parts/states.tsx";
import { useMay, useSession } from "../session/use-session.ts";
import { SettingsFrame } from "../settings/settings-frame.tsx";
import { useRefresh } from "../shell/use-save.ts";

type SshKey = Resource<{ readonly name: string }>;
type Asked = { readonly what: "new" } | { readonly what: "change" | "delete"; readonly key: SshKey };

/** Keys with which runs fetch modules from repositories. Their values are never shown again. */
export function SshKeysPage() {
  const { organization } = useSession();
  const may = useMay();
  const mayWrite = may("project:write");
  const path = `${pathOf("organizations", organization.name)}/ssh-keys`;
  const query = useInfiniteQuery({
    ...resourcePages<{ readonly name: string }>(["ssh-keys", "list", organization.name], path),
    enabled: may("workspace:read"),
  });
  const refresh = useRefresh(["ssh-keys"]);
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);
  return (
    <SettingsFrame>
      <Panel
        title="SSH keys"
        description="With which runs fetch modules from repositories. Workspaces choose one in their settings."
        padded={false}
        actions={mayWrite && <AddButton onClick={() => setAsked({ what: "new" })}>New SSH key</AddButton>}
      >
        <PagedTable
          query={query}
          needs="workspace:read"
          label="SSH keys"
          minWidth={320}
          empty={
            <Empty icon={IconKey} title="No SSH key yet">
              Needed only where modules are fetched over SSH.
            </Empty>
          }
          columns={[
            { key: "name", header: "Name", cell: ({ attributes }) => attributes.name },
            menuColumn<SshKey>(
              (key) => key.attributes.name,
              (key) =>
                mayWrite
                  ? changeAndDelete(
                      () => setAsked({ what: "change", key }),
                      () => setAsked({ what: "delete", key }),
                    )
                  : [],
            ),
          ]}
        />
      </Panel>
      {(asked?.what === "new" || asked?.what === "change") && (
        <SshKeyDialog
          before={asked.what === "change" ? asked.key.attributes.name : undefined}
          onClose={close}
          onSave={async (name, value) => {
            const attributes = { name, ...(value === "" ? {} : { value }) };
            await callTfe(asked.what === "change" ? pathOf("ssh-keys", asked.key.id) : path, {
              method: asked.what === "change" ? "PATCH" : "POST",
              body: resourceBody("ssh-keys", attributes),
            });
            await refresh();
          }}
        />
      )}
      <ConfirmDialog
        opened={asked?.what === "delete"}
        onClose={close}
        title="Delete this SSH key?"
        confirm="Delete key"
        danger
        onConfirm={async () => {
          if (asked?.what !== "delete") return;
          await callTfe(pathOf("ssh-keys", asked.key.id), { method: "DELETE" });
          await refresh();
        }}
      >
        {asked?.what === "delete" &&
          `Workspaces that use ${asked.key.attributes.name} have no key any more: their next run that needs one fails.`}
      </ConfirmDialog>
    </SettingsFrame>
  );
}

function SshKeyDialog(props: {
  readonly before: string | undefined;
  readonly onClose: () => void;
  readonly onSave: (name: string, value: string) => Promise<void>;
}) {
  const { before } = props;
  const [name, setName] = useState(before ?? "");
  const [value, setValue] = useState("");
  return (
    <ConfirmDialog
      opened
      onClose={props.onClose}
      title={before === undefined ? "New SSH key" : `Change ${before}`}
      confirm="Save key"
      disabled={name.trim() === "" || (before === undefined && value.trim() === "")}
      onConfirm={() => props.onSave(name.trim(), value)}
    >
      <Stack gap="sm">
        <TextInput
          label="Name"
          required
          maxLength={255}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          label="Private key"
          description={
            before === undefined ? "Never shown again; only runs get it." : "Leave empty to keep the one that is set."
          }
          placeholder="-----BEGIN OPENSSH PRIVATE KEY-----"
          autosize
          minRows={4}
          maxRows={10}
          spellCheck={false}
          autoComplete="off"
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.8125rem" } }}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
      </Stack>
    </ConfirmDialog>
  );
}
