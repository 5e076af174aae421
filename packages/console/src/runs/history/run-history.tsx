import { Box, Button, Group, Text, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Panel } from "../../parts/panel.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { Time } from "../../parts/time.tsx";
import { notifyFailure } from "../../shell/notify.tsx";
import { addComment, runHistoryQuery, type HistoryEntry } from "./history-queries.ts";
import classes from "./history.module.css";

/** What happened to the run and what people said about it, with a place to say something. */
export function RunHistory({ runId, mayComment }: { readonly runId: string; readonly mayComment: boolean }) {
  const query = useQuery(runHistoryQuery(runId));
  return (
    <Panel title="History" description="What happened to this run and what was said about it" padded={false}>
      <QueryView query={query} needs="run:read" what="The history of this run">
        {(entries) => (
          <ol className={classes["entries"]} aria-label="History">
            {entries.map((entry) => (
              <Entry key={entry.id} entry={entry} />
            ))}
          </ol>
        )}
      </QueryView>
      {mayComment && <CommentForm runId={runId} />}
    </Panel>
  );
}

function Entry({ entry }: { readonly entry: HistoryEntry }) {
  const said = entry.action === "commented";
  return (
    <li className={classes["entry"]} data-comment={said}>
      <Group gap={6}>
        <span>
          {said ? <b>{entry.by ?? "Somebody"}</b> : (entry.description ?? entry.action.replaceAll("_", " "))}
          {!said && entry.by !== null && (
            <Text span size="sm" c="dimmed">
              {" "}
              · {entry.by}
            </Text>
          )}
        </span>
        <Text span size="xs" c="dimmed">
          <Time at={entry.at} />
        </Text>
      </Group>
      {entry.comment !== null && <div className={classes["comment"]}>{entry.comment}</div>}
    </li>
  );
}

const commentLengthMax = 10_000;

function CommentForm({ runId }: { readonly runId: string }) {
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const send = useMutation({
    mutationFn: () => addComment(runId, text.trim()),
    onSuccess: async () => {
      setText("");
      await queries.invalidateQueries({ queryKey: ["runs", "history", runId] });
    },
    onError: (error) => notifyFailure("The comment was not saved", error),
  });
  return (
    <Box px="md" pb="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate();
        }}
      >
        <Textarea
          label="Comment"
          autosize
          minRows={2}
          maxLength={commentLengthMax}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" mt="xs" variant="default" loading={send.isPending} disabled={text.trim() === ""}>
          Add comment
        </Button>
      </form>
    </Box>
  );
}
