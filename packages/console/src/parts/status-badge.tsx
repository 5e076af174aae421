import { Tooltip } from "@mantine/core";
import { IconLoader2 } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { findStatus, type StatusLook, type StatusOf } from "./status.ts";
import classes from "./status-badge.module.css";

/** A status as icon and word; the colour only repeats them. What the word means is in its tooltip. */
export function StatusBadge(props: { readonly of: StatusOf; readonly status: string; readonly note?: ReactNode }) {
  return <LookBadge look={findStatus(props.of, props.status)} note={props.note} />;
}

/** The same of a look that is not in the vocabulary. `note` follows the word. */
export function LookBadge({ look, note }: { readonly look: StatusLook; readonly note?: ReactNode }) {
  const badge = (
    <span className={`${classes["badge"] ?? ""} ${classes[look.tone] ?? ""}`}>
      <look.icon
        size={14}
        stroke={2}
        aria-hidden
        {...(look.icon === IconLoader2 ? { className: classes["spins"] ?? "" } : {})}
      />
      {look.label}
      {note}
    </span>
  );
  return look.meaning === undefined ? badge : <Tooltip label={look.meaning}>{badge}</Tooltip>;
}
