import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconKey, IconTrash } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { Notice } from "../parts/notice.tsx";
import { PagedTable } from "../parts/paged-table.tsx";
import { Panel } from "../parts/panel.tsx";
import { menuColumn } from "../parts/row-menu.tsx";
import { Snippet } from "../parts/snippet.tsx";
import { Empty } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { useRefresh, useSave } from "../shell/use-save.ts";
import {
  createPoolToken,
  endPoolToken,
  poolTokensQuery,
  type AgentPool,
  type PoolToken,
} from "./agent-pool-queries.ts";

/** The tokens with which the runners of a pool are started. Each is shown once, when it is made. */
export function PoolTokens({ pool }: { readonly pool: AgentPool }) {
  const query = useInfiniteQuery(poolTokensQuery(pool.id));
  const refresh = useRefresh(["agent-pools"]);
  const [made, setMade] = useState<string>();
  const [ending, setEnding] = useState<{ readonly id: string; readonly description: string }>();
  return (
    <Panel title="Tokens" description="A runner that is started with one of them belongs to this pool." padded={false}>
      <PagedTable
        query={query}
        label="Tokens of the pool"
        empty={<Empty icon={IconKey} title="No token yet" />}
        columns={[
          {
            key: "description",
            header: "Description",
            cell: ({ attributes }) => (attributes.description === "" ? "–" : attributes.description),
          },
          { key: "made", header: "Made", cell: ({ attributes }) => <Time at={attributes["created-at"]} /> },
          {
            key: "used",
            header: "Last used",
            cell: ({ attributes }) => <Time at={attributes["last-used-at"]} otherwise="never" />,
          },
          menuColumn<PoolToken>(
            ({ id, attributes: { description } }) => (description === "" ? id : description),
            ({ id, attributes: { description } }) => [
              { label: "End", icon: IconTrash, danger: true, onClick: () => setEnding({ id, description }) },
            ],
          ),
        ]}
      />
      <Stack gap="sm" p="md" style={{ borderTop: "1px solid var(--surface-line)" }}>
        <NewToken pool={pool} onMade={setMade} />
        {made !== undefined && (
          <>
            <Notice tone="good">Copy it now: it is shown this once, and the server keeps only its digest.</Notice>
            <Snippet text={made} label="the token" />
            <Text size="sm">Where the runs should happen:</Text>
            <Snippet
              text={`INGOT_RUNNER_TOKEN=${made} \\\n  ingot runner --url ${window.location.origin}`}
              label="start the runner"
            />
          </>
        )}
      </Stack>
      <ConfirmDialog
        opened={ending !== undefined}
        onClose={() => setEnding(undefined)}
        title="End this token?"
        confirm="End token"
        danger
        onConfirm={async () => {
          if (ending === undefined) return;
          await endPoolToken(ending.id);
          await refresh();
        }}
      >
        Runners that were started with it are refused from now on; a run that one of them is carrying out fails.
      </ConfirmDialog>
    </Panel>
  );
}

function NewToken(props: { readonly pool: AgentPool; readonly onMade: (token: string) => void }) {
  const { saving, save } = useSave(["agent-pools"]);
  const [description, setDescription] = useState("");

  async function make(): Promise<void> {
    const done = await save(async () => {
      props.onMade(await createPoolToken(props.pool.id, description.trim()));
    }, "The token is made.");
    if (done) setDescription("");
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <Group align="flex-end" gap="xs">
        <TextInput
          label="Description of a new token"
          placeholder="Where it is used"
          maxLength={255}
          required
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          w={320}
        />
        <Button type="submit" loading={saving} disabled={description.trim() === ""}>
          Make a token
        </Button>
      </Group>
    </form>
  );
}
