import { ActionIcon, Box, Stack } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { DataTable } from "../parts/data-table.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { notifyDone } from "../shell/notify.tsx";
import { MadeTokenView } from "./made-token.tsx";
import { MakeTokenForm } from "./make-token-form.tsx";
import { endToken, tokensQuery, type MadeToken, type Token, type TokenList } from "./token-queries.ts";
import { purposeWords } from "./token-words.ts";

/** The tokens of a person, a team or the organization: made, shown once, ended. */
export function TokenPanel(props: {
  readonly title: string;
  readonly description: string;
  readonly tokens: TokenList;
}) {
  const query = useQuery(tokensQuery(props.tokens));
  const queries = useQueryClient();
  const [made, setMade] = useState<MadeToken>();
  const [ending, setEnding] = useState<Token>();
  return (
    <Panel title={props.title} description={props.description} padded={false}>
      <Stack p="md" gap="md">
        <MakeTokenForm tokens={props.tokens} onMade={setMade} />
        {made !== undefined && <MadeTokenView made={made} />}
      </Stack>
      <QueryView
        query={query}
        what="The tokens"
        isEmpty={(tokens) => tokens.length === 0}
        empty={<Empty title="No token yet" />}
      >
        {(tokens) => (
          <Box style={{ borderTop: "1px solid var(--surface-line)" }}>
            <TokenTable label={props.title} rows={tokens} onEnd={setEnding} />
          </Box>
        )}
      </QueryView>
      <ConfirmDialog
        opened={ending !== undefined}
        onClose={() => setEnding(undefined)}
        title="End this token?"
        confirm="End it"
        danger
        onConfirm={async () => {
          if (ending === undefined) return;
          await endToken(ending.id);
          if (made?.id === ending.id) setMade(undefined);
          notifyDone("The token has ended.");
          await queries.invalidateQueries({ queryKey: ["tokens"] });
        }}
      >
        {`Whatever uses ${ending === undefined ? "" : nameOf(ending)} is refused from now on.`}
      </ConfirmDialog>
    </Panel>
  );
}

function nameOf({ description, purpose }: Token): string {
  return description === null || description === "" ? purposeWords[purpose] : description;
}

function TokenTable(props: {
  readonly label: string;
  readonly rows: readonly Token[];
  readonly onEnd: (token: Token) => void;
}) {
  return (
    <DataTable
      label={props.label}
      rows={props.rows}
      rowKey={({ id }) => id}
      minWidth={460}
      columns={[
        { key: "name", header: "What it is for", cell: nameOf },
        { key: "made", header: "Made", width: 150, cell: ({ created_at: at }) => <Time at={at} /> },
        { key: "ends", header: "Ends", width: 150, cell: ({ expires_at: at }) => <Time at={at} otherwise="never" /> },
        {
          key: "actions",
          header: "Actions",
          hideHeader: true,
          width: 48,
          cell: (token) => (
            <ActionIcon
              variant="subtle"
              color="red"
              aria-label={`End the token ${nameOf(token)}`}
              onClick={() => props.onEnd(token)}
            >
              <IconTrash size={18} aria-hidden />
            </ActionIcon>
          ),
        },
      ]}
    />
  );
}
