import { ActionIcon, CopyButton, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./identifier.module.css";

/** Something a machine reads, with a button that copies the whole of it. `shown` may be shorter, or a link. */
export function Identifier({
  value,
  shown = value,
  maxWidth,
}: {
  readonly value: string;
  readonly shown?: ReactNode;
  readonly maxWidth?: number | string;
}) {
  return (
    <span className={classes["identifier"]} {...(maxWidth === undefined ? {} : { style: { maxWidth } })}>
      <span className={classes["text"]} title={value}>
        {shown}
      </span>
      <CopyIcon value={value} what={value} />
    </span>
  );
}

export function CopyIcon({ value, what }: { readonly value: string; readonly what: string }) {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : "Copy"}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={copied ? "Copied" : `Copy ${what}`}
            onClick={(event) => {
              event.stopPropagation();
              copy();
            }}
          >
            {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}
