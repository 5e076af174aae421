import { describe, expect, it } from "vitest";
import { commandLine, isRedirectOf, nameLoginToken } from "./login-client.ts";

describe("where a code may be brought", () => {
  it.each(["http://localhost:10000/login", "http://localhost:10010/login"])("%s is the command line", (uri) => {
    expect(isRedirectOf(commandLine, uri)).toBe(true);
  });

  it.each([
    "http://localhost:9999/login",
    "http://localhost:10011/login",
    "http://localhost:10000/login/",
    "http://localhost:10000/login?x=1",
    "http://localhost:10000/login#x",
    "http://localhost:10000@evil.example/login",
    "http://user@localhost:10000/login",
    "http://localhost.evil.example:10000/login",
    "https://localhost:10000/login",
    "http://localhost:010000/login",
    "http://localhost/login",
    "javascript:alert(1)",
    "\nhttp://localhost:10000/login",
    "",
  ])("%j is nowhere", (uri) => {
    expect(isRedirectOf(commandLine, uri)).toBe(false);
  });
});

describe("the name of a token", () => {
  it("says which program it was made for", () => {
    expect(nameLoginToken("Terraform/1.11.4 (+https://www.terraform.io)")).toBe("login of Terraform 1.11.4");
    expect(nameLoginToken("OpenTofu/1.10.6")).toBe("login of OpenTofu 1.10.6");
  });

  it("takes nothing over from a program that is not known", () => {
    expect(nameLoginToken("<script>")).toBe("login of the command line");
    expect(nameLoginToken(undefined)).toBe("login of the command line");
  });
});
