import type { Token } from "./token-queries.ts";

/** What the tokens without a description of their own are for. */
export const purposeWords: Readonly<Record<Token["purpose"], string>> = {
  user: "a person",
  team: "The team's one token",
  organization: "Managing the organization",
  "audit-trails": "Reading the audit trail",
};
