import { Anchor, Box, List, Paper, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { callApi } from "../api/client.ts";
import { PageLink } from "../parts/link.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { groupOperations, matchesOperation, type ApiDocument } from "./openapi.ts";
import { OperationView } from "./operation-view.tsx";
import classes from "./reference.module.css";

const documentPath = "/api/v1/openapi.json";

const documentQuery = queryOptions({
  queryKey: ["reference"],
  queryFn: ({ signal }) => callApi<ApiDocument>(documentPath, { signal }),
  staleTime: Infinity,
});

/** Ingot's own API, as its OpenAPI document describes it. */
export function ReferencePage() {
  const query = useQuery(documentQuery);
  return (
    <>
      <PageHeader
        title="API reference"
        description={
          <>
            Everything this console shows comes from documented HTTP APIs. The document of Ingot's own is{" "}
            <Anchor inherit href={documentPath} underline="always">
              {documentPath}
            </Anchor>{" "}
            (OpenAPI 3.1).
          </>
        }
      />
      <Stack gap="md">
        <OtherApis />
        <QueryView query={query} what="The API document">
          {(document) => <Operations document={document} />}
        </QueryView>
      </Stack>
    </>
  );
}

function OtherApis() {
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="which-api">
      <Title order={2} size="h3" id="which-api" mb={6}>
        Which API for what
      </Title>
      <List size="sm" spacing={4}>
        <List.Item>
          <b>Images</b> (buckets, versions, channels, revocation): the HCP Packer API of 2023-01-01 below{" "}
          <code>/packer/2023-01-01</code>, as Packer, the hcp provider and hcp-sdk-go speak it.
        </List.Item>
        <List.Item>
          <b>Runs</b> (workspaces, variables, runs, states, notifications, health assessments): the HCP Terraform API v2
          below <code>/api/v2</code>, as terraform, tofu, the tfe provider and go-tfe speak it.
        </List.Item>
        <List.Item>
          <b>What neither of them has a word for</b> (who uses which image, what a revocation would hit, drift and its
          history, alerts): Ingot's own API below <code>/api/v1</code>, which is on this page.
        </List.Item>
      </List>
      <Text size="sm" mt="xs">
        All three take the same token as a bearer. Where it comes from is said in the{" "}
        <PageLink to="/settings/tokens" underline="always">
          settings
        </PageLink>
        . Times are RFC 3339 in UTC; lists have <code>next</code>, which is the <code>after</code> of the next page; a
        refusal is <code>{'{"error": "code", "message": "what to do"}'}</code>.
      </Text>
    </Paper>
  );
}

function Operations({ document }: { readonly document: ApiDocument }) {
  const [typed, setTyped] = useState("");
  const hash = useHash();
  const groups = groupOperations(document)
    .map(([tag, operations]) => [tag, operations.filter((operation) => matchesOperation(operation, typed))] as const)
    .filter(([, operations]) => operations.length > 0);
  const base = document.servers?.[0]?.url ?? "";
  return (
    <div className={classes["columns"]}>
      <nav className={classes["contents"]} aria-label="Operations">
        <TextInput
          aria-label="Find an operation"
          placeholder="Find an operation"
          leftSection={<IconSearch size={15} aria-hidden />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <div className={classes["list"]}>
          {groups.map(([tag, operations]) => (
            <div key={tag}>
              <Text size="xs" fw={600} c="dimmed" mt="sm" mb={2}>
                {tag}
              </Text>
              {operations.map((operation) => (
                <a key={operation.anchor} href={`#${operation.anchor}`} className={classes["entry"]}>
                  {operation.summary}
                </a>
              ))}
            </div>
          ))}
        </div>
      </nav>
      <Stack gap="lg" style={{ minWidth: 0 }}>
        {groups.length === 0 && <Empty title="No operation fits" />}
        {groups.map(([tag, operations]) => (
          <Box key={tag} component="section" aria-label={tag}>
            <Title order={2} mb={6}>
              {tag}
            </Title>
            <Paper withBorder style={{ overflow: "hidden" }}>
              {operations.map((operation) => (
                <OperationView
                  key={operation.anchor}
                  operation={operation}
                  document={document}
                  base={base}
                  linked={hash === operation.anchor}
                />
              ))}
            </Paper>
          </Box>
        ))}
      </Stack>
    </div>
  );
}

/** The part of the address after `#`: the operation that somebody linked to. */
function useHash(): string {
  const [hash, setHash] = useState(() => decodeURIComponent(window.location.hash.slice(1)));
  useEffect(() => {
    const hear = () => setHash(decodeURIComponent(window.location.hash.slice(1)));
    window.addEventListener("hashchange", hear);
    return () => window.removeEventListener("hashchange", hear);
  }, []);
  return hash;
}
