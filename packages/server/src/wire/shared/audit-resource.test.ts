import { expect, it } from "vitest";
import { resourceInRequest } from "./audit-resource.ts";

const workspaces = "/organizations/:organization/workspaces";
const of = (type: string, attributes: unknown, more: object = {}) => ({ data: { type, attributes, ...more } });

it.each([
  ["POST", workspaces, of("workspaces", { name: "web", description: "secret" }), ["workspace", "web"]],
  ["POST", "/workspaces/:workspace_id/vars", of("vars", { key: "TOKEN", value: "secret" }), ["var", "TOKEN"]],
  ["PUT", "/buckets", { name: "base", description: "secret" }, ["bucket", "base"]],
  ["POST", workspaces, of("workspaces", {}), null],
  // An action on what the path names, and a body that is about another thing.
  ["POST", "/workspaces/:workspace_id/actions/lock", { reason: "x" }, null],
  ["POST", "/workspaces/:workspace_id/relationships/tags", of("tag-bindings", { name: "x" }), null],
  ["PATCH", "/workspaces/:workspace_id", of("workspaces", { name: "new" }), null],
  ["POST", workspaces, of("workspaces", { name: "web" }, { id: "ws-1" }), null],
  ["POST", workspaces, "text", null],
])("%s %s is about what its body names and nothing more: %j", (method, path, body, expected) => {
  const found = resourceInRequest(method, path, body);
  expect(found === null ? null : [found.kind, found.name]).toEqual(expected);
  expect(found?.id ?? null).toBeNull();
});
