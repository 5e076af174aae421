import { Button, Group, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { endOf, lifetimes, type Lifetime } from "./lifetimes.ts";
import { makeToken, ownTokens, type MadeToken, type TokenList } from "./token-queries.ts";
import { purposeWords } from "./token-words.ts";

/** Asks for a token; the caller shows it, this once. */
export function MakeTokenForm(props: { readonly tokens: TokenList; readonly onMade: (token: MadeToken) => void }) {
  const { purposes } = props.tokens;
  const queries = useQueryClient();
  const [description, setDescription] = useState("");
  const [purpose, setPurpose] = useState<string>(purposes?.[0] ?? "");
  const [lifetime, setLifetime] = useState<Lifetime>("90");
  const making = useMutation({
    mutationFn: () =>
      makeToken(props.tokens, {
        ...(purposes === null ? { description: description.trim() } : { purpose }),
        expires_at: endOf(lifetime, Date.now()),
      }),
    async onSuccess(token) {
      setDescription("");
      await queries.invalidateQueries({ queryKey: ["tokens"] });
      props.onMade(token);
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        making.mutate();
      }}
    >
      <Group gap="xs" align="flex-end">
        {purposes === null ? (
          <TextInput
            label="What it is for"
            placeholder={props.tokens === ownTokens ? "my laptop" : "a pipeline"}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
            maxLength={255}
            required
            w={260}
          />
        ) : (
          <NativeSelect
            label="What it is for"
            value={purpose}
            onChange={(event) => setPurpose(event.currentTarget.value)}
            data={purposes.map((value) => ({ value, label: purposeWords[value] }))}
            w={260}
          />
        )}
        <NativeSelect
          label="It lasts"
          value={lifetime}
          onChange={(event) => setLifetime(event.currentTarget.value as Lifetime)}
          data={lifetimes.map(({ value, label }) => ({ value, label }))}
          w={160}
        />
        <Button type="submit" variant="default" loading={making.isPending}>
          Make a token
        </Button>
      </Group>
      {making.error !== null && (
        <div role="alert" style={{ color: "var(--mantine-color-error)", fontSize: "0.85rem", marginTop: 6 }}>
          {making.error.message}
        </div>
      )}
    </form>
  );
}
