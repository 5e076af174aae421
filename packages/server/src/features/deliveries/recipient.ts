/** Whom a delivery is for. It goes with the row of that kind that it names. */
export interface Recipient {
  readonly kind: "configuration" | "webhook";
  readonly id: string;
}

/** The column that names a recipient of this kind. */
export const recipientColumns = { configuration: "configuration_id", webhook: "webhook_id" } as const;
