import { Modal, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { DataTable } from "../parts/data-table.tsx";
import { LoadMore } from "../parts/load-more.tsx";
import { plural } from "../parts/plural.ts";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { nameOf, webhookDeliveriesQuery, type Webhook, type WebhookDelivery } from "./webhook-queries.ts";

/** What was sent to a webhook, and what it answered. */
export function WebhookHistory({ webhook, onClose }: { readonly webhook: Webhook; readonly onClose: () => void }) {
  const query = useInfiniteQuery(webhookDeliveriesQuery(webhook));
  return (
    <Modal opened onClose={onClose} size="xl" title={`What was sent to ${nameOf(webhook)}`}>
      <QueryView
        query={{ ...query, data: query.data?.pages.flatMap((page) => page.deliveries) }}
        what="The history"
        isEmpty={(deliveries) => deliveries.length === 0}
        empty={<Empty title="Nothing was sent yet" />}
      >
        {(deliveries) => (
          <>
            <DeliveryTable deliveries={deliveries} />
            <LoadMore query={query} />
          </>
        )}
      </QueryView>
    </Modal>
  );
}

function DeliveryTable({ deliveries }: { readonly deliveries: readonly WebhookDelivery[] }) {
  return (
    <DataTable
      label="Deliveries"
      rows={deliveries}
      rowKey={(delivery) => delivery.id}
      minWidth={560}
      columns={[
        {
          key: "what",
          header: "What",
          cell: ({ request: { payload, url } }) => (
            <>
              {payload.event_description ?? "Verification"}
              <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                to {url}
              </Text>
            </>
          ),
        },
        {
          key: "answer",
          header: "Answer",
          cell: ({ response: { status_code: status, body } }) =>
            status === 0 ? (
              <Text inherit c="var(--mantine-color-error)" style={{ overflowWrap: "anywhere" }}>
                {body}
              </Text>
            ) : (
              `HTTP ${String(status)}`
            ),
        },
        { key: "attempts", header: "Attempts", from: "sm", cell: ({ retries }) => plural(retries + 1, "attempt") },
        { key: "when", header: "When", cell: ({ request }) => <Time at={request.sent_at} /> },
      ]}
    />
  );
}
