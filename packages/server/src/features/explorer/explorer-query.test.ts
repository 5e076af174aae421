import { describe, expect, it } from "vitest";
import type { DomainError } from "../../platform/errors.ts";
import { askedAgain, checkExplorerQuery, type AskedQuery } from "./explorer-query.ts";

function refusal(asked: AskedQuery): DomainError {
  try {
    checkExplorerQuery(asked);
  } catch (error) {
    return error as DomainError;
  }
  throw new Error("It was not refused.");
}

const filtered = (field: string, operator: string, ...values: string[]) => ({
  type: "workspaces",
  filters: [{ field, operator, values }],
});
const valueOf = (filter: ReturnType<typeof filtered>) => checkExplorerQuery(filter).filters[0]?.value;

describe("a question to the explorer", () => {
  it("is about all fields of its view unless it says which", () => {
    expect(checkExplorerQuery({ type: "providers" })).toEqual({
      view: "providers",
      fields: ["name", "source", "version", "workspace_count", "workspaces"],
      filters: [],
      sorts: [],
    });
    expect(checkExplorerQuery({ type: "modules", fields: ["version", "name", "name"] }).fields).toEqual([
      "version",
      "name",
    ]);
  });

  it("compares with a value of the field's type", () => {
    expect(valueOf(filtered("drifted", "is", "true"))).toBe(1);
    expect(valueOf(filtered("module_count", "gteq", "-3"))).toBe(-3);
    expect(valueOf(filtered("workspace_name", "does not contain", "%"))).toBe("%");
  });

  it("takes moments without an offset as UTC, wherever the server is", () => {
    const at = Date.parse("2026-01-31T08:00:00Z");
    for (const text of [
      "2026-01-31T08:00:00",
      "2026-01-31 08:00",
      "2026-01-31T09:00:00+01:00",
      "2026-01-31T08:00:00.000Z",
    ])
      expect([text, valueOf(filtered("workspace_created_at", "is_after", text))]).toEqual([text, at]);
    expect(valueOf(filtered("workspace_created_at", "is_after", "2026-01-31"))).toBe(
      Date.parse("2026-01-31T00:00:00Z"),
    );
  });

  it.each<[string, AskedQuery, string, RegExp]>([
    ["without a view", { type: undefined }, "explorer_type", /workspaces, tf_versions, providers, modules/],
    ["about a view there is not", { type: "stacks" }, "explorer_type", /"stacks"/],
    [
      "for a field there is not",
      { type: "modules", fields: ["drifted"] },
      "explorer_field",
      /no field "drifted".*name/,
    ],
    ["for a field of every object", { type: "modules", fields: ["constructor"] }, "explorer_field", /constructor/],
    ["in the order of none", { type: "modules", sorts: ["-x"] }, "explorer_field", /"x"/],
    ["with another type's operator", filtered("drifted", "contains", "t"), "explorer_operator", /boolean.*is_empty/],
    ["with a word for a number", filtered("module_count", "gt", "many"), "explorer_value", /whole number, not "many"/],
    ["with a word for a boolean", filtered("drifted", "is", "yes"), "explorer_value", /true or false/],
    ["with a word for a moment", filtered("workspace_created_at", "is_before", "May"), "explorer_value", /ISO 8601/],
    ["with a day there is not", filtered("workspace_created_at", "is_before", "2026-13-01"), "explorer_value", /ISO/],
    ["with two values", filtered("workspace_name", "is", "a", "b"), "explorer_value", /one value/],
    ["with a value for nothing", filtered("modules", "is_empty", "false"), "explorer_value", /opposite/],
    ["with a long value", filtered("workspace_name", "is", "x".repeat(501)), "explorer_value", /500/],
    [
      "with very many filters",
      {
        type: "modules",
        filters: Array.from({ length: 21 }, () => ({ field: "name", operator: "is", values: ["a"] })),
      },
      "explorer_query",
      /20 filters/,
    ],
  ])("is refused %s, with what there is", (_, asked, code, message) => {
    const error = refusal(asked);
    expect([error.kind, error.code]).toEqual(["invalid", code]);
    expect(error.message).toMatch(message);
  });

  it("stays the same when it is kept and asked again", () => {
    const query = checkExplorerQuery({
      type: "workspaces",
      fields: ["workspace_name"],
      sorts: ["-module_count", "workspace_name"],
      filters: [
        { field: "workspace_created_at", operator: "is_after", values: ["2026-01-31"] },
        { field: "modules", operator: "is_empty", values: ["true"] },
      ],
    });
    expect(checkExplorerQuery(askedAgain(query))).toEqual(query);
  });
});
