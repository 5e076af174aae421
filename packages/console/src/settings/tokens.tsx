import { Code, List, Stack, Text } from "@mantine/core";
import { Panel } from "../parts/panel.tsx";
import { Snippet } from "../parts/snippet.tsx";
import { useMay, useProject, useSession } from "../session/use-session.ts";
import { TokenPanel } from "../tokens/token-panel.tsx";
import { organizationTokens, ownTokens } from "../tokens/token-queries.ts";

/** Where tokens come from and how every client is given one. */
export function Tokens() {
  const session = useSession();
  const may = useMay();
  const { project } = useProject();
  const { host, origin } = window.location;
  return (
    <Stack gap="md" maw={860}>
      {session.user.kind === "user" && (
        <TokenPanel
          title="Your tokens"
          description="They do what you may do, in all your organizations."
          tokens={ownTokens}
        />
      )}
      {may("organization:manage-tokens") && (
        <TokenPanel
          title="Tokens of the organization"
          description="One of each kind: another takes its place. They manage, and start no run."
          tokens={organizationTokens}
        />
      )}
      <Panel title="Where tokens come from">
        <Stack gap="xs">
          <Text size="sm">
            The first start of this server wrote the first credentials into the file <Code>bootstrap.json</Code> in its
            data directory: <Code>admin.token</Code> is the token of the administrator, and{" "}
            <Code>service_principal</Code> the client id and secret for Packer. You are signed in as{" "}
            <b>{session.user.name}</b> with the role <b>{session.user.role}</b>.
          </Text>
          <Text size="sm">On the machine of the server, this prints everything that points the clients here:</Text>
          <Snippet text={'eval "$(ingot env)"'} label="ingot env" />
          <Text size="sm" c="dimmed">
            Give it <Code>--data-dir</Code> when the server does not use the usual one. Its output also names the
            certificate to trust while the server has one that it made itself.
          </Text>
        </Stack>
      </Panel>
      <Panel title="terraform login and tofu login">
        <Stack gap="xs">
          <Snippet text={`terraform login ${host}`} label="terraform login" />
          <Text size="sm">
            It opens the browser, where you allow it a token of yours, and keeps that. Or put a token into the CLI
            configuration (<Code>~/.terraformrc</Code>, <Code>~/.tofurc</Code>) yourself:
          </Text>
          <Snippet text={`credentials "${host}" {\n  token = "…"\n}`} label="CLI configuration" />
          {!host.includes(":") && (
            <>
              <Text size="sm">Or into the environment:</Text>
              <Snippet text={`export ${tokenVariable(host)}=…`} label="environment variable of the token" />
            </>
          )}
          <Text size="sm">Then a configuration uses this server with</Text>
          <Snippet text={cloudBlock(host, session.organization.name)} label="cloud block" />
        </Stack>
      </Panel>
      <Panel title="Packer">
        <Text size="sm" mb="xs">
          Packer signs in as a service principal, by these variables:
        </Text>
        <Snippet
          text={packerVariables(origin, host, session.organization.id, project?.id)}
          label="variables for Packer"
        />
      </Panel>
      <Panel title="Other programs">
        <Text size="sm" mb="xs">
          Every API takes the same token as a bearer:
        </Text>
        <Snippet
          text={`curl --header "Authorization: Bearer $TOKEN" ${origin}/api/v1/session`}
          label="a request with curl"
        />
        <List size="sm" mt="sm">
          <List.Item>A token is a password: the server keeps only its digest and cannot show it again.</List.Item>
          <List.Item>
            A token of one project sees nothing of the others: what it may not see answers as if it were not there.
          </List.Item>
        </List>
      </Panel>
    </Stack>
  );
}

/** The variable in which terraform and tofu look for the token of a host without a port: dots become `_`, hyphens `__`. */
function tokenVariable(host: string): string {
  return `TF_TOKEN_${host.replaceAll("-", "__").replaceAll(".", "_")}`;
}

function cloudBlock(host: string, organization: string): string {
  return `terraform {
  cloud {
    hostname     = "${host}"
    organization = "${organization}"
    workspaces {
      name = "machines"
    }
  }
}`;
}

function packerVariables(origin: string, host: string, organizationId: string, projectId: string | undefined): string {
  return [
    "export HCP_CLIENT_ID=…",
    "export HCP_CLIENT_SECRET=…",
    `export HCP_ORGANIZATION_ID=${organizationId}`,
    `export HCP_PROJECT_ID=${projectId ?? "…"}`,
    `export HCP_API_ADDRESS=${host}`,
    `export HCP_AUTH_URL=${origin}`,
    "export HCP_SKIP_STATUS_CHECK=true",
  ].join("\n");
}
