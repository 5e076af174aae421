import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { Notice } from "../parts/notice.tsx";
import { callApi } from "../api/client.ts";
import { Panel } from "../parts/panel.tsx";
import { Snippet } from "../parts/snippet.tsx";
import { NotAllowed } from "../parts/states.tsx";
import { useMay } from "../session/use-session.ts";

interface RunnerToken {
  readonly name: string;
  readonly token: string;
}

/** Makes tokens for runners on other machines. Each is shown this once. */
export function RunnerTokens() {
  const may = useMay();
  const [name, setName] = useState("");
  const [made, setMade] = useState<RunnerToken>();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  if (!may("runner:manage")) return <NotAllowed permission="runner:manage" />;

  async function make(): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      setMade(await callApi<RunnerToken>("/api/v1/runner-tokens", { method: "POST", body: { name: name.trim() } }));
      setName("");
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Stack gap="md" maw={860}>
      <Panel
        title="Runners on other machines"
        description="The server starts one runner beside itself. More of them join from anywhere with a token of their own."
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void make();
          }}
        >
          <Group align="flex-start" gap="xs">
            <TextInput
              label="Name of the runner"
              description="Letters, digits and . _ : -; shown wherever it works."
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={problem}
              pattern="[A-Za-z0-9][A-Za-z0-9._:\-]{0,62}"
              required
              w={320}
            />
            <Button type="submit" loading={busy} mt={46}>
              Make a token
            </Button>
          </Group>
        </form>
      </Panel>
      {made !== undefined && (
        <Panel title={`The token of ${made.name}`}>
          <Stack gap="xs">
            <Notice tone="good">Copy it now: it is shown this once, and the server keeps only its digest.</Notice>
            <Snippet text={made.token} label="the token" />
            <Text size="sm">On the other machine:</Text>
            <Snippet
              text={`INGOT_RUNNER_TOKEN=${made.token} \\\n  ingot runner --url ${window.location.origin}`}
              label="start the runner"
            />
          </Stack>
        </Panel>
      )}
    </Stack>
  );
}
