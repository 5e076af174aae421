import { describe, expect, it } from "vitest";
import { withSshKey } from "./ssh-identity.ts";

const bare = { identity: undefined, environment: { A: "b" } };

describe("the SSH key of a workspace", () => {
  it("is a file of the job, and the command of git names it", () => {
    const { identity, environment } = withSshKey(bare, "-----KEY-----");
    expect(identity?.files).toEqual({ ssh_key: "-----KEY-----\n" });
    expect(environment["GIT_SSH_COMMAND"]).toContain(`-i ${identity?.placeholder}/ssh_key `);
    expect(environment["A"]).toBe("b");
  });

  it("stands beside what the run logs in elsewhere with", () => {
    const identity = { placeholder: "identity_0123456789", files: { aws: "x" }, vaults: [], problem: null };
    expect(withSshKey({ ...bare, identity }, "k").identity).toEqual({
      ...identity,
      files: { aws: "x", ssh_key: "k\n" },
    });
  });

  it("does not replace a command that a variable gives", () => {
    const own = { identity: undefined, environment: { GIT_SSH_COMMAND: "mine" } };
    expect(withSshKey(own, "k").environment["GIT_SSH_COMMAND"]).toBe("mine");
  });

  it("changes nothing where there is none", () => {
    expect(withSshKey(bare, undefined)).toEqual(bare);
  });
});
