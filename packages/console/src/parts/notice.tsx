import { IconAlertTriangle, IconBan, IconCircleCheck, IconInfoCircle, type Icon } from "@tabler/icons-react";
import type { CSSProperties, ReactNode } from "react";
import classes from "./notice.module.css";
import type { Tone } from "./status.ts";

const icons: Readonly<Record<Tone, Icon>> = {
  good: IconCircleCheck,
  warn: IconAlertTriangle,
  bad: IconBan,
  busy: IconInfoCircle,
  quiet: IconInfoCircle,
};

/** Something that must be read before the rest of the page. With `urgent` screen readers say it at once. */
export function Notice(props: {
  readonly tone: Tone;
  readonly title?: string;
  readonly icon?: Icon;
  readonly urgent?: boolean;
  readonly children?: ReactNode;
}) {
  const { tone, title, children } = props;
  const Icon = props.icon ?? icons[tone];
  const style = { "--tone": `var(--tone-${tone})`, "--tone-soft": `var(--tone-${tone}-soft)` } as CSSProperties;
  return (
    <div className={classes["notice"]} style={style} {...(props.urgent === true ? { role: "alert" } : {})}>
      <Icon size={18} aria-hidden className={classes["icon"] ?? ""} />
      <div className={classes["text"]}>
        {title !== undefined && <div className={classes["title"]}>{title}</div>}
        {children}
      </div>
    </div>
  );
}
