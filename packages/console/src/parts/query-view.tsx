import type { ReactNode } from "react";
import { useMay } from "../session/use-session.ts";
import { Failure, Loading, NotAllowed } from "./states.tsx";

/**
 * Shows what a query is at: loading, failed, not allowed, empty, or its data. Data that is already there stays when a later
 * refresh fails. `needs` is the permission of the route; without it nothing was asked (give the query `enabled: may`).
 */
export function QueryView<Data>(props: {
  readonly query: {
    readonly data: Data | undefined;
    readonly error: Error | null;
    readonly refetch: () => Promise<unknown>;
  };
  readonly needs?: string;
  /** Names what is loaded, as the subject of a sentence. */
  readonly what?: string;
  readonly loading?: ReactNode;
  readonly isEmpty?: (data: Data) => boolean;
  readonly empty?: ReactNode;
  readonly children: (data: Data) => ReactNode;
}) {
  const { query, needs, what } = props;
  const may = useMay();
  if (needs !== undefined && !may(needs)) return <NotAllowed permission={needs} />;
  if (query.data === undefined) {
    if (query.error === null) return props.loading ?? <Loading />;
    return <Failure error={query.error} retry={() => void query.refetch()} {...(what === undefined ? {} : { what })} />;
  }
  if (props.isEmpty?.(query.data) === true) return props.empty;
  return props.children(query.data);
}
