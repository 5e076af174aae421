import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState, type ReactNode } from "react";

/** A field above a list, and the text in it once nobody types any more. `label` is for screen readers. */
export function useNameFilter(label: string): { readonly wanted: string; readonly field: ReactNode } {
  const [text, setText] = useState("");
  const [wanted] = useDebouncedValue(text, 250);
  const field = (
    <TextInput
      aria-label={label}
      placeholder="Filter by name"
      p="sm"
      maw={320}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
  return { wanted, field };
}
