import { infiniteQueryOptions } from "@tanstack/react-query";
import type { AuditRecord, AuditRecordList } from "@ingot/server/console-api";
import { callApi } from "../api/client.ts";

export type { AuditRecord } from "@ingot/server/console-api";

/** What the list is narrowed to; empty texts narrow nothing. */
export interface AuditFilter {
  readonly trail: "organization" | "installation";
  readonly actor: string;
  readonly action: string;
  readonly resource: string;
  readonly outcome: AuditRecord["outcome"] | "";
}

export const noAuditFilter: AuditFilter = { trail: "organization", actor: "", action: "", resource: "", outcome: "" };

/** Records, newest first, fifty at a time. */
export function auditRecordsQuery(filter: AuditFilter) {
  const given = (text: string) => (text.trim() === "" ? undefined : text.trim());
  return infiniteQueryOptions({
    queryKey: ["audit", "list", filter],
    queryFn: ({ pageParam, signal }) =>
      callApi<AuditRecordList>("/api/v1/audit-records", {
        query: {
          trail: filter.trail,
          actor: given(filter.actor),
          action: given(filter.action),
          resource: given(filter.resource),
          outcome: given(filter.outcome),
          limit: 50,
          after: given(pageParam),
        },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next ?? undefined,
  });
}
