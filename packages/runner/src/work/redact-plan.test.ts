import { describe, expect, it } from "vitest";
import { redactPlan, type Change } from "./redact-plan.ts";

const redact = (change: Change) => redactPlan({ resource_changes: [{ change }] }).resource_changes[0]?.change;

describe("a plan for people", () => {
  it("covers what is marked and leaves the rest", () => {
    expect(
      redact({
        before: { name: "db", password: "old", tags: [{ key: "a", value: "s3cret" }] },
        after: { name: "db2", password: "new", tags: [{ key: "a", value: "s3cret" }] },
        before_sensitive: { password: true, tags: [{ value: true }] },
        after_sensitive: { password: true, tags: [{ value: true }] },
      }),
    ).toMatchObject({
      before: { name: "db", password: "REDACTED", tags: [{ key: "a", value: "REDACTED" }] },
      after: { name: "db2", password: "REDACTED (changed)", tags: [{ key: "a", value: "REDACTED" }] },
    });
  });

  it("keeps the type of what it covers, which clients count on", () => {
    const values = { text: "x", number: 7, flag: true, list: ["x", 1], map: { a: "x" }, nothing: null };
    const covered = { text: "REDACTED", number: 0, flag: false, list: ["REDACTED", 0], map: { a: "REDACTED" } };
    expect(redact({ before: null, after: values, after_sensitive: true })).toMatchObject({
      before: null,
      after: { ...covered, nothing: null },
    });
  });

  it("shows that a covered value changes, whatever its type", () => {
    const covered = redact({
      before: { text: "x", number: 7, flag: true, list: ["x"] },
      after: { text: "y", number: 8, flag: false, list: ["y"] },
      before_sensitive: true,
      after_sensitive: true,
    });
    expect(covered?.before).toEqual({ text: "REDACTED", number: 0, flag: false, list: ["REDACTED"] });
    expect(covered?.after).toEqual({ text: "REDACTED (changed)", number: 1, flag: true, list: ["REDACTED (changed)"] });
  });

  it("covers drift, outputs, deferred changes and the configuration of actions", () => {
    const change = { before: "s3cret", after: "s3cret-too", before_sensitive: true, after_sensitive: true };
    const plan = redactPlan({
      resource_drift: [{ change }],
      output_changes: { token: change },
      deferred_changes: [{ resource_change: { change } }],
      action_invocations: [{ config_values: { token: "s3cret" }, config_sensitive: { token: true } }],
      relevant_attributes: [{ resource: "a.b", attribute: ["id"] }],
    });
    expect(JSON.stringify(plan)).not.toContain("s3cret");
    expect(plan.relevant_attributes).toHaveLength(1);
  });

  it("holds nothing of a plan but what people are shown", () => {
    const plan = {
      format_version: "1.2",
      prior_state: { values: "s3cret" },
      variables: { token: { value: "s3cret" } },
      planned_values: "s3cret",
    };
    expect(JSON.stringify(redactPlan(plan))).not.toContain("s3cret");
  });
});
