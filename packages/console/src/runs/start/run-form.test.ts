import { describe, expect, it } from "vitest";
import { attributesOfRun, emptyRunForm } from "./run-form.ts";

describe("attributesOfRun", () => {
  it("asks for nothing but a message unless something was chosen", () => {
    expect(attributesOfRun(emptyRunForm)).toEqual({ message: "Started in the console" });
  });

  it("sends text as text and expressions as they are, and no variable without a name", () => {
    const variables = [
      { key: " size ", value: "small", isExpression: false },
      { key: "zones", value: '["a"]', isExpression: true },
      { key: " ", value: "left over", isExpression: false },
    ];
    expect(attributesOfRun({ ...emptyRunForm, variables })).toMatchObject({
      variables: [
        { key: "size", value: '"small"' },
        { key: "zones", value: '["a"]' },
      ],
    });
  });

  it("leaves out of a refresh what it has no use for, though it was filled in for another kind", () => {
    const filled = { ...emptyRunForm, replaces: ["a.b"], refresh: false, allowEmptyApply: true, targets: ["c.d"] };
    expect(attributesOfRun({ ...filled, kind: "refresh", message: "why" })).toEqual({
      message: "why",
      "refresh-only": true,
      "target-addrs": ["c.d"],
    });
    expect(attributesOfRun({ ...filled, kind: "save" })).toMatchObject({
      "save-plan": true,
      "replace-addrs": ["a.b"],
      refresh: false,
      "allow-empty-apply": true,
    });
  });
});
