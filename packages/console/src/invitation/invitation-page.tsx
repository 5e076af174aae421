import { Button, Center, Divider, Group, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { Session } from "../api/types.ts";
import { PageButton } from "../parts/link.tsx";
import { Notice } from "../parts/notice.tsx";
import { Loading } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { sessionQuery, signIn, signOut } from "../session/session-query.ts";
import { Logo } from "../shell/logo.tsx";
import { MadeTokenView } from "../tokens/made-token.tsx";
import { MakeTokenForm } from "../tokens/make-token-form.tsx";
import { ownTokens, type MadeToken } from "../tokens/token-queries.ts";
import { acceptInvitation, joinByInvitation, openInvitation, type OpenedInvitation } from "./invitation-queries.ts";

/** Where the link of an invitation leads: it is accepted here, and whoever is new makes its first token. */
export function InvitationPage() {
  const { hash } = useLocation();
  const [joined, setJoined] = useState<Session>();
  useDocumentTitle("Invitation · Ingot");
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder p="xl" w="100%" maw={640}>
        <Stack>
          {joined === undefined ? (
            <Invitation secret={hash.replace(/^#/, "")} onJoined={setJoined} />
          ) : (
            <Welcome session={joined} />
          )}
        </Stack>
      </Paper>
    </Center>
  );
}

function Heading({ children }: { readonly children: ReactNode }) {
  return (
    <Group gap="xs" wrap="nowrap">
      <Logo size={30} />
      <Title order={1} style={{ overflowWrap: "anywhere" }}>
        {children}
      </Title>
    </Group>
  );
}

function Invitation(props: { readonly secret: string; readonly onJoined: (session: Session) => void }) {
  const { secret, onJoined } = props;
  const opened = useQuery({
    queryKey: ["invitation", secret],
    queryFn: () => openInvitation(secret),
    enabled: secret !== "",
    retry: false,
    staleTime: Infinity,
  });
  // Fails where nobody is signed in, which is as good.
  const session = useQuery({ ...sessionQuery, enabled: opened.data !== undefined });
  if (secret === "") {
    return (
      <Problem message="The address of this page has no invitation in it. Open the link as you were given it, as a whole." />
    );
  }
  if (opened.error !== null) return <Problem message={opened.error.message} />;
  if (opened.data === undefined || session.isPending) return <Loading label="Looking at the invitation" />;
  return (
    <>
      <Heading>Join {opened.data.organization.name}</Heading>
      <Text>
        {opened.data.invited_by} invites <b>{opened.data.email}</b> to the organization{" "}
        <b>{opened.data.organization.name}</b>. The link works once, and ends <Time at={opened.data.expires_at} />.
      </Text>
      {session.data === undefined ? (
        <AsNobody secret={secret} onJoined={onJoined} />
      ) : (
        <AsSomebody secret={secret} session={session.data} invitation={opened.data} />
      )}
    </>
  );
}

function Problem({ message }: { readonly message: string }) {
  return (
    <>
      <Heading>Invitation</Heading>
      <Notice tone="bad" urgent title="This link does not work">
        {message}
      </Notice>
      <PageButton to="/sign-in" variant="default">
        Sign in
      </PageButton>
    </>
  );
}

function AsNobody({ secret, onJoined }: { readonly secret: string; readonly onJoined: (session: Session) => void }) {
  const queries = useQueryClient();
  const joining = useMutation({
    mutationFn: () => joinByInvitation(secret),
    async onSuccess(session) {
      queries.clear();
      await queries.fetchQuery(sessionQuery);
      onJoined(session);
    },
  });
  return (
    <>
      {joining.error !== null && (
        <Notice tone="bad" urgent>
          {joining.error.message}
        </Notice>
      )}
      <Stack gap={6} align="flex-start">
        <Button onClick={() => joining.mutate()} loading={joining.isPending}>
          Join as a new person
        </Button>
        <Text size="sm" c="dimmed">
          For whoever has no account on this server yet. It signs this browser in.
        </Text>
      </Stack>
      <Divider label="or, with an account" />
      <SignInForm />
    </>
  );
}

/** Here and not on a page of its own: the secret would have to stand in that one's address. */
function SignInForm() {
  const queries = useQueryClient();
  const [token, setToken] = useState("");
  const signingIn = useMutation({
    mutationFn: () => signIn(token.trim()),
    onSuccess: () => queries.resetQueries({ queryKey: sessionQuery.queryKey }),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        signingIn.mutate();
      }}
    >
      <Group align="flex-end" gap="xs">
        <PasswordInput
          label="Token"
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
          error={signingIn.error === null ? undefined : "The server does not know this token."}
          autoComplete="current-password"
          spellCheck={false}
          flex={1}
          miw={220}
        />
        <Button type="submit" variant="default" loading={signingIn.isPending} disabled={token.trim() === ""}>
          Sign in
        </Button>
      </Group>
    </form>
  );
}

function AsSomebody(props: {
  readonly secret: string;
  readonly session: Session;
  readonly invitation: OpenedInvitation;
}) {
  const { secret, session, invitation } = props;
  const queries = useQueryClient();
  const accepting = useMutation({
    mutationFn: () => acceptInvitation(secret),
    // Anew, with everything that this organization shows.
    onSuccess: () => window.location.assign("/app/"),
  });
  const leaving = useMutation({
    mutationFn: () => signOut(),
    onSettled: () => queries.resetQueries({ queryKey: sessionQuery.queryKey }),
  });
  return (
    <>
      {accepting.error !== null && (
        <Notice tone="bad" urgent>
          {accepting.error.message}
        </Notice>
      )}
      <Group>
        <Button onClick={() => accepting.mutate()} loading={accepting.isPending || accepting.isSuccess}>
          Accept as {session.user.name}
        </Button>
        <Button variant="default" onClick={() => leaving.mutate()} loading={leaving.isPending}>
          Sign out first
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        You are signed in as {session.user.name}. If you are not {invitation.email}, sign out first.
      </Text>
    </>
  );
}

function Welcome({ session }: { readonly session: Session }) {
  const [made, setMade] = useState<MadeToken>();
  return (
    <>
      <Heading>Welcome to {session.organization.name}</Heading>
      <Text>
        You are signed in as <b>{session.user.name}</b>, in this browser and for some hours.
        {made === undefined &&
          " Make a token to sign in again later, and for command lines: nobody else can do it for you."}
      </Text>
      {made === undefined ? <MakeTokenForm tokens={ownTokens} onMade={setMade} /> : <MadeTokenView made={made} />}
      <Group>
        <PageButton to="/" variant={made === undefined ? "default" : "filled"}>
          {made === undefined ? "Go on without a token" : "I have copied it: go on"}
        </PageButton>
      </Group>
    </>
  );
}
