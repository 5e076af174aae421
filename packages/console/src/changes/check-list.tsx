import { Stack, Text } from "@mantine/core";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import type { Check } from "./resource-change.ts";
import classes from "./changes.module.css";

const kinds = { check: "check block", resource: "resource", output: "output", data: "data source" } as const;

const order = ["fail", "error", "unknown", "pass"] as const;

/** Checks of a configuration with what they say, those that fail first. */
export function CheckList({ checks }: { readonly checks: readonly Check[] }) {
  const sorted = [...checks].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  return (
    <div>
      {sorted.map((check) => (
        <div key={`${check.kind} ${check.address}`} className={classes["item"]} style={{ padding: "8px 16px" }}>
          <div style={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: "6px 10px" }}>
            <StatusBadge of="check" status={check.status} />
            <span className={classes["address"]}>{check.address}</span>
            <Text span size="xs" c="dimmed">
              {kinds[check.kind]}
            </Text>
            {check.since != null && check.status !== "pass" && (
              <span className={classes["right"]}>
                since <Time at={check.since} />
              </span>
            )}
          </div>
          {check.problems.length > 0 && (
            <Stack gap={2} mt={4}>
              {check.problems.map((problem) => (
                <Text key={problem} size="sm" style={{ whiteSpace: "pre-wrap" }}>
                  {problem}
                </Text>
              ))}
            </Stack>
          )}
        </div>
      ))}
    </div>
  );
}
