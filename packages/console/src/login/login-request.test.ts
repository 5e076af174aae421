import { expect, it } from "vitest";
import { readLoginRequest } from "./login-request.ts";

const query =
  "?client_id=terraform-cli&code_challenge=47DE&code_challenge_method=S256&redirect_uri=http%3A%2F%2Flocalhost%3A10000%2Flogin&response_type=code&state=12e4";

it("reads what the command line wrote, as text", () => {
  expect(readLoginRequest(`${query}&more=1`)).toEqual({
    client_id: "terraform-cli",
    code_challenge: "47DE",
    code_challenge_method: "S256",
    redirect_uri: "http://localhost:10000/login",
    response_type: "code",
    state: "12e4",
  });
});

it("knows an address that no command line made", () => {
  expect(readLoginRequest("")).toBeUndefined();
  expect(readLoginRequest(query.replace("state", "stat"))).toBeUndefined();
});
