import { Text } from "@mantine/core";
import { DataTable } from "../parts/data-table.tsx";
import { plural } from "../parts/plural.ts";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import type { Delivery } from "./notification-queries.ts";
import { wordsOfTrigger } from "./trigger-words.ts";

/** What was sent to whom, and what became of it. */
export function DeliveryTable({
  deliveries,
  label,
}: {
  readonly deliveries: readonly Delivery[];
  readonly label: string;
}) {
  return (
    <DataTable
      label={label}
      rows={deliveries}
      rowKey={(delivery) => delivery.id}
      minWidth={560}
      columns={[
        {
          key: "state",
          header: "State",
          width: 120,
          cell: (delivery) => <StatusBadge of="delivery" status={delivery.state} />,
        },
        {
          key: "what",
          header: "What",
          cell: (delivery) => (
            <>
              {delivery.title ?? wordsOfTrigger(delivery.trigger).label}
              <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                {delivery.trigger} · to {delivery.target}
              </Text>
            </>
          ),
        },
        {
          key: "answer",
          header: "Answer",
          cell: (delivery) => (
            <>
              {delivery.response_status === null ? "" : `HTTP ${String(delivery.response_status)}`}
              {delivery.error !== null && (
                <Text size="xs" c="var(--mantine-color-error)" style={{ overflowWrap: "anywhere" }}>
                  {delivery.error}
                </Text>
              )}
              {delivery.response_status === null && delivery.error === null && "–"}
            </>
          ),
        },
        {
          key: "attempts",
          header: "Attempts",
          from: "sm",
          cell: (delivery) => (
            <>
              {plural(delivery.attempts, "attempt")}
              {delivery.state === "pending" && delivery.next_attempt_at !== null && (
                <Text size="xs" c="dimmed" component="div">
                  next <Time at={delivery.next_attempt_at} />
                </Text>
              )}
            </>
          ),
        },
        {
          key: "when",
          header: "When",
          cell: (delivery) => <Time at={delivery.last_attempt_at ?? delivery.created_at} />,
        },
      ]}
    />
  );
}
