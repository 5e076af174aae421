import { Tooltip } from "@mantine/core";
import { formatAbsolute, formatRelative } from "./format-time.ts";
import { useNow } from "./use-now.ts";

/** A moment as RFC 3339 text, shown relative to now with the exact time in its tooltip; null is a dash. */
export function Time({ at, otherwise = "–" }: { readonly at: string | null | undefined; readonly otherwise?: string }) {
  const now = useNow();
  const time = at == null ? Number.NaN : Date.parse(at);
  if (at == null || Number.isNaN(time)) return <span>{otherwise}</span>;
  return (
    <Tooltip label={formatAbsolute(time)}>
      <time dateTime={at} style={{ whiteSpace: "nowrap" }}>
        {formatRelative(time, now)}
      </time>
    </Tooltip>
  );
}

/** The same of something that is to come: once its moment has passed it is due. */
export function DueTime({ at, otherwise }: { readonly at: string | null | undefined; readonly otherwise?: string }) {
  const now = useNow();
  if (at != null && Date.parse(at) <= now) return <span>due now</span>;
  return <Time at={at} {...(otherwise === undefined ? {} : { otherwise })} />;
}
