import { Tooltip } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { showValue } from "./describe-change.ts";
import classes from "./changes.module.css";

/** One side of a change. What is sensitive never reaches the browser: only that it is. */
export function Value(props: {
  readonly value: unknown;
  readonly sensitive?: boolean;
  /** Known only after the apply. */
  readonly unknown?: boolean;
}) {
  if (props.sensitive === true) return <SensitiveValue />;
  if (props.unknown === true) return <span className={classes["faint"]}>known after apply</span>;
  const shown = showValue(props.value);
  switch (shown.kind) {
    case "absent":
      return <span className={classes["faint"]}>not set</span>;
    case "json":
      return <pre>{shown.text}</pre>;
    case "text":
      return shown.text.includes("\n") ? <pre>{shown.text}</pre> : shown.text;
    case "literal":
      return shown.text;
  }
}

function SensitiveValue() {
  return (
    <Tooltip label="The value is sensitive: the server does not send it.">
      <span className={classes["faint"]}>
        <IconLock size={12} aria-hidden style={{ verticalAlign: -1 }} /> sensitive
      </span>
    </Tooltip>
  );
}
