import { describe, expect, it } from "vitest";
import { toApiError } from "./api-error.ts";

describe("toApiError", () => {
  it.each([
    ["the registry API", { code: 5, message: "Error: bucket not found", details: [] }, "5", "Error: bucket not found"],
    [
      "the Terraform API",
      { errors: [{ status: "409", title: "conflict", detail: "The run has ended." }] },
      "conflict",
      "The run has ended.",
    ],
    ["Ingot's own API", { error: "no_such_path", message: "Nothing is here." }, "no_such_path", "Nothing is here."],
  ])("reads the shape of %s", (_api, body, code, message) => {
    expect(toApiError(409, body, "req-1")).toMatchObject({ status: 409, code, message, requestId: "req-1" });
  });

  it("gives every complaint of a JSON:API document", () => {
    const body = { errors: [{ title: "a", detail: "Name is taken." }, { title: "b" }] };
    expect(toApiError(422, body, null).message).toBe("Name is taken. b");
  });

  it.each([undefined, null, "a proxy's page", [], {}, { errors: [] }, { message: 3 }])(
    "says something of use when the body is %j",
    (body) => {
      const error = toApiError(502, body, null);
      expect(error.code).toBe("502");
      expect(error.message).toMatch(/server failed/);
    },
  );
});
