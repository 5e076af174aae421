import { Anchor, Button, Center, Code, Group, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { isApiError } from "../api/api-error.ts";
import { Notice } from "../parts/notice.tsx";
import { Logo } from "../shell/logo.tsx";
import { redirectTarget } from "./redirect-target.ts";
import { sessionQuery, signIn } from "./session-query.ts";

const route = getRouteApi("/sign-in");

export function SignInPage() {
  useDocumentTitle("Sign in · Ingot");
  const search = route.useSearch();
  const router = useRouter();
  const queries = useQueryClient();
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  async function submit(): Promise<void> {
    const given = token.trim();
    if (given === "") {
      setProblem("Paste a token first.");
      return;
    }
    setBusy(true);
    setProblem(undefined);
    try {
      await signIn(given);
      queries.clear();
      await queries.fetchQuery(sessionQuery);
      router.history.push(`/app${redirectTarget(search.redirect)}`);
    } catch (error) {
      setProblem(explain(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder p="xl" w="100%" maw={440}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <Stack>
            <Group gap="xs">
              <Logo size={30} />
              <Title order={1}>Sign in to Ingot</Title>
            </Group>
            {search.ended === true && problem === undefined && (
              <Notice tone="warn">The session has ended. Sign in again to go on where you were.</Notice>
            )}
            <PasswordInput
              label="Token"
              value={token}
              onChange={(event) => setToken(event.currentTarget.value)}
              error={problem}
              autoComplete="current-password"
              spellCheck={false}
              data-autofocus
              autoFocus
            />
            <Button type="submit" loading={busy} fullWidth>
              Sign in
            </Button>
            <Text size="sm" c="dimmed" component="div">
              Any API token works. The first one is <Code>admin.token</Code> in <Code>bootstrap.json</Code> in the
              server&apos;s data directory; <Code>ingot env</Code> prints it as <Code>INGOT_TOKEN</Code>. What you may
              see and do follows the role of its owner. Whoever is invited and has no token yet opens the link of the
              invitation.
            </Text>
            <Anchor size="sm" href="/healthz" target="_blank" rel="noreferrer">
              Is the server well?
            </Anchor>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}

function explain(error: unknown): string {
  if (isApiError(error) && error.status === 401) {
    return "The server does not know this token: it may be incomplete, expired or revoked.";
  }
  return error instanceof Error ? error.message : String(error);
}
