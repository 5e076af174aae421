import { describe, expect, it } from "vitest";
import { callCommand } from "../testing/call-command.ts";

describe("the command line", () => {
  it("lists the commands when asked for nothing, for help, or for the help of none", async () => {
    for (const args of [[], ["help"], ["--help"], ["-h"]]) {
      const result = await callCommand(args);
      expect(result.status).toBe(0);
      for (const name of ["serve", "runner", "env", "build", "where", "status", "assess", "version"])
        expect(result.out).toContain(`  ${name} `);
    }
  });

  it("explains every command without running it", async () => {
    for (const name of ["serve", "runner", "env", "build", "where", "status", "assess", "version"]) {
      const asked = await callCommand([name, "--help"]);
      expect(asked.status).toBe(0);
      expect(asked.out).toContain(`ingot ${name}`);
      expect((await callCommand(["help", name])).out).toBe(asked.out);
    }
  });

  it("refuses an unknown command with exit status 2 and says which are known", async () => {
    expect(await callCommand(["sevre"])).toEqual({
      status: 2,
      out: "",
      err: 'ingot: "sevre" is not a command. Known commands: serve, runner, runner-token, invite, env, build, publish, promote, revoke, where, packages, status, assess, audit, vulnerabilities, version, help.',
    });
  });

  it("refuses an unknown flag with exit status 2", async () => {
    const result = await callCommand(["where", "--jsn"]);
    expect(result.status).toBe(2);
    expect(result.err).toBe(
      "ingot: --jsn is not a flag here. Known flags: --bootstrap-file, --data-dir, --workspace, --status, --json.",
    );
  });

  it("prints its version", async () => {
    expect((await callCommand(["--version"])).out).toMatch(/^ingot \d+\.\d+\.\d+ \(node /);
  });
});
