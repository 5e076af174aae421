import { Kbd, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

/** The id of the field that `/` focuses. */
export const headerSearchId = "header-search";

/** Takes what is typed to the page that answers where it is used. */
export function HeaderSearch() {
  const navigate = useNavigate();
  const [text, setText] = useState("");
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const q = text.trim();
        if (q === "") return;
        void navigate({ to: "/where", search: { q } });
        setText("");
      }}
    >
      <TextInput
        id={headerSearchId}
        size="xs"
        w={{ base: 130, xs: 200, md: 300 }}
        placeholder="Image, version, workspace, id"
        aria-label="Search images, versions, workspaces and identifiers"
        leftSection={<IconSearch size={14} aria-hidden />}
        rightSection={<Kbd size="xs">/</Kbd>}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
    </form>
  );
}
