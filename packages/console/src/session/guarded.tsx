import { Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import { useMay } from "./use-session.ts";

/** Gives its child `disabled`, and says on a disabled one which permission is missing. */
export function Guarded(props: { readonly permission: string; readonly children: (disabled: boolean) => ReactNode }) {
  const allowed = useMay()(props.permission);
  if (allowed) return props.children(false);
  return (
    <Tooltip label={`Needs the permission ${props.permission}. Ask an administrator of the organization for it.`}>
      <span tabIndex={0}>{props.children(true)}</span>
    </Tooltip>
  );
}
