import { Stack, Text } from "@mantine/core";
import { Notice } from "../parts/notice.tsx";
import { Snippet } from "../parts/snippet.tsx";
import type { MadeToken } from "./token-queries.ts";

/** A token that was just made, shown this once. */
export function MadeTokenView({ made }: { readonly made: MadeToken }) {
  return (
    <Stack gap="xs" role="status">
      <Notice tone="good">Copy it now: it is shown this once, and the server keeps only its digest.</Notice>
      <Snippet text={made.token} label="the token" />
      {made.purpose === "user" && (
        <Text size="sm" c="dimmed">
          Keep it as a password. It signs you in here, and every client takes it as a bearer token.
        </Text>
      )}
    </Stack>
  );
}
