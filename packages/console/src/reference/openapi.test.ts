import { describe, expect, it } from "vitest";
import { curlExample, groupOperations, matchesOperation, readSchema, type ApiDocument } from "./openapi.ts";

const document: ApiDocument = {
  info: { title: "Ingot", version: "1" },
  components: {
    schemas: { Error: { type: "object", required: ["error"], properties: { error: { type: "string" } } } },
  },
  paths: {
    "/workspaces/{workspace_id}/settings": {
      patch: {
        operationId: "workspace.update-settings",
        summary: "Change what is given",
        tags: ["workspaces"],
        "x-permission": "workspace:write",
        requestBody: {
          content: {
            "application/json": {
              schema: {
                type: "object",
                properties: { follow: { enum: ["off", "notify"] }, other: { type: "string" } },
              },
            },
          },
        },
        responses: { 200: { description: "done" } },
      },
    },
    "/workspaces": {
      get: { operationId: "workspace.list", summary: "Workspaces", tags: ["workspaces"], responses: {} },
    },
    "/alerts": { get: { operationId: "alert.list", summary: "Alerts", tags: ["alerts"], security: [], responses: {} } },
  },
};

const operations = groupOperations(document);

it("operations stand by tag, and by path in a tag", () => {
  expect(operations.map(([tag, list]) => [tag, list.map((operation) => operation.path)])).toEqual([
    ["alerts", ["/alerts"]],
    ["workspaces", ["/workspaces", "/workspaces/{workspace_id}/settings"]],
  ]);
});

it("an operation is found by its path and by its permission", () => {
  const [, [, settings]] = operations[1] as (typeof operations)[number];
  expect(settings && matchesOperation(settings, "SETTINGS")).toBe(true);
  expect(settings && matchesOperation(settings, "workspace:write")).toBe(true);
  expect(settings && matchesOperation(settings, "alerts")).toBe(false);
});

describe("a schema", () => {
  it("that may be null says so", () => {
    const node = readSchema({ anyOf: [{ type: "string", format: "date-time" }, { type: "null" }] }, document);
    expect(node.type).toBe("text (date-time) or null");
  });

  it("of a list shows the members of its elements", () => {
    const node = readSchema(
      { type: "array", items: { type: "object", required: ["id"], properties: { id: { type: "integer" } } } },
      document,
    );
    expect(node.type).toBe("list of objects");
    expect(node.children).toMatchObject([{ name: "id", type: "integer", required: true }]);
  });

  it("with a closed list of words shows the words", () => {
    expect(readSchema({ enum: ["a", "b"] }, document).values).toEqual(["a", "b"]);
    expect(readSchema({ anyOf: [{ const: "a" }, { const: "b" }] }, document).values).toEqual(["a", "b"]);
  });

  it("that is named elsewhere is looked up", () => {
    expect(readSchema({ $ref: "#/components/schemas/Error" }, document).children[0]?.name).toBe("error");
  });
});

describe("an example of a request", () => {
  it("names the variables of the path, and has a body that fits", () => {
    const [, [, settings]] = operations[1] as (typeof operations)[number];
    const text = settings === undefined ? "" : curlExample(settings, "https://ingot.example", "/api/v1", document);
    expect(text).toContain(`--request PATCH "https://ingot.example/api/v1/workspaces/$WORKSPACE_ID/settings"`);
    expect(text).toContain(`--data '{"follow":"off"}'`);
  });

  it("sends no token where none is needed", () => {
    const [, [list]] = operations[0] as (typeof operations)[number];
    expect(list && curlExample(list, "", "/api/v1", document)).not.toContain("Bearer");
  });
});
