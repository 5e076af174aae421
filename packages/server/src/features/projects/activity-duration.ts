import { DomainError } from "../../platform/errors.ts";

const unitMs = { h: 3_600_000, d: 24 * 3_600_000 };

/**
 * How long `14d` or `36h` lasts, in milliseconds. Errors: invalid/auto_destroy_duration, in the words that clients look for.
 * Source: HCP Terraform API, projects and workspaces; go-tfe projects_integration_test.go.
 */
export function parseActivityDuration(text: string): number {
  const match = /^(\d{1,4})([dh])$/.exec(text);
  const count = Number(match?.[1] ?? 0);
  if (match === null || count === 0) {
    throw new DomainError(
      "invalid",
      "auto_destroy_duration",
      "Auto destroy activity duration has an incorrect format, we expect up to 4 numeric digits and 1 unit ('d' or 'h')",
    );
  }
  return count * unitMs[match[2] as "d" | "h"];
}
