import { Button, Group, List, Stack, Text } from "@mantine/core";
import { IconTerminal2 } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { callApi } from "../api/client.ts";
import { Notice } from "../parts/notice.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty } from "../parts/states.tsx";
import { useSession } from "../session/use-session.ts";
import { readLoginRequest, type LoginRequest } from "./login-request.ts";

/** Where `terraform login` and `tofu login` send the browser: the person allows them a token, or does not. */
export function LoginPage() {
  // As it was when the page was opened: the router reads numbers out of texts that look like some.
  const [request] = useState(() => readLoginRequest(window.location.search));
  return (
    <>
      <PageHeader title="Sign in the command line" />
      {request === undefined ? (
        <Empty icon={IconTerminal2} title="No command line has asked">
          Run <code>terraform login {window.location.host}</code>, or <code>tofu login</code>: it opens this page with
          what it needs.
        </Empty>
      ) : (
        <Consent request={request} />
      )}
    </>
  );
}

function Consent({ request }: { readonly request: LoginRequest }) {
  const { user, organization } = useSession();
  const [denied, setDenied] = useState(false);
  const allowing = useMutation({
    mutationFn: () => callApi<{ redirect_to: string }>("/api/v1/logins", { method: "POST", body: request }),
    onSuccess: ({ redirect_to: to }) => window.location.assign(to),
  });
  const isLeaving = allowing.isPending || allowing.isSuccess;
  if (denied) {
    return (
      // The command line waits for a code and for nothing else: there is no way to tell it.
      <Empty icon={IconTerminal2} title="Nothing was given away">
        The command still waits. End it with Ctrl-C, and close this page.
      </Empty>
    );
  }
  return (
    <Panel title="A program on this computer asks for a token">
      <Stack maw={720}>
        <List size="sm" spacing={4}>
          <List.Item>
            It will act as <b>{user.name}</b> in <b>{organization.name}</b> and may do there whatever you may do.
          </List.Item>
          <List.Item>
            The token goes to the program that waits at {hostOf(request["redirect_uri"])}, and lasts a year.
          </List.Item>
          <List.Item>
            Allow it only if you have just run <code>terraform login</code> or <code>tofu login</code> yourself.
          </List.Item>
        </List>
        {allowing.error !== null && (
          <Notice tone="bad" urgent title="It was refused">
            <Text size="sm">{allowing.error.message}</Text>
          </Notice>
        )}
        <Group gap="xs">
          <Button loading={isLeaving} onClick={() => allowing.mutate()}>
            Allow
          </Button>
          <Button variant="default" disabled={isLeaving} onClick={() => setDenied(true)}>
            Deny
          </Button>
        </Group>
      </Stack>
    </Panel>
  );
}

function hostOf(uri: string | undefined): string {
  return uri !== undefined && URL.canParse(uri) ? new URL(uri).host : "an address that cannot be read";
}
