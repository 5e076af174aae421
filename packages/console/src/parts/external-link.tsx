import { Anchor } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { webAddress } from "./web-address.ts";

/** A link out of the console, to where a stranger's answer points; nothing when that is not of the web. */
export function ExternalLink(props: { readonly to: string | null | undefined; readonly children: ReactNode }) {
  const address = webAddress(props.to);
  if (address === undefined) return null;
  return (
    <Anchor href={address} target="_blank" rel="noreferrer noopener" inherit title={address}>
      {props.children} <IconExternalLink size={13} aria-label="(opens elsewhere)" style={{ verticalAlign: -2 }} />
    </Anchor>
  );
}
