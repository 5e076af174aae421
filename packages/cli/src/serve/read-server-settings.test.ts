import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseFlags } from "../command-line/parse-flags.ts";
import { readServerSettings } from "./read-server-settings.ts";
import { serverFlags } from "./server-flags.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ingot-settings-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function read(given: { args?: string[]; environment?: Record<string, string>; file?: string }) {
  if (given.file !== undefined) await writeFile(join(directory, "ingot.yaml"), given.file);
  return readServerSettings({
    flags: parseFlags(serverFlags, given.args ?? []),
    environment: given.environment ?? {},
    configFile: given.file === undefined ? undefined : "ingot.yaml",
    workingDirectory: directory,
  });
}

describe("the settings of a server", () => {
  it("have defaults, and paths that hold in any working directory", async () => {
    const config = await read({});
    expect(config).toMatchObject({ listen: "127.0.0.1:8443", runner: true, "data-dir": join(directory, "ingot-data") });
  });

  it("come from flags over environment over config file", async () => {
    const config = await read({
      args: ["--listen", "127.0.0.1:1", "--no-runner"],
      environment: {
        INGOT_LISTEN: "127.0.0.1:2",
        INGOT_ORGANIZATION: "from-environment",
        INGOT_TOKEN: "not a setting",
      },
      file: "listen: 127.0.0.1:3\norganization: from-file\nproject: from-file\nrunner-concurrency: 4\n",
    });
    expect(config).toMatchObject({
      listen: "127.0.0.1:1",
      runner: false,
      organization: "from-environment",
      project: "from-file",
      "runner-concurrency": 4,
    });
  });

  it.each([
    [
      ["--host-names", "a.example,b.example"],
      ["a.example", "b.example"],
    ],
    [
      ["--host-names", "a.example", "--host-names", "b.example"],
      ["a.example", "b.example"],
    ],
  ])("take a list from %j", async (args, expected) => {
    expect((await read({ args }))["host-names"]).toEqual(expected);
  });

  it.each([
    [{ args: ["--listen", "8443"] }, /^--listen was given "8443": .*HOST:PORT/],
    [{ environment: { INGOT_RUNNER_CONCURRENCY: "many" } }, /^INGOT_RUNNER_CONCURRENCY was given "many": .*integer/],
    [{ args: ["--runner-concurrency", "0"] }, /^--runner-concurrency was given 0: .*>= 1/],
    [{ args: ["--plain-http=maybe"] }, /^--plain-http was given "maybe"/],
    [{ file: "log-level: loud\n" }, /^log-level in ingot.yaml was given "loud": .*one of trace, debug/],
    [{ file: "lisen: 127.0.0.1:1\n" }, /^lisen in ingot.yaml is not a setting. Known settings: data-dir, listen/],
    [{ file: "- listen\n" }, /^The config file ingot.yaml must hold settings/],
    [{ file: "listen: [\n" }, /^The config file ingot.yaml is not valid YAML/],
    [{ environment: { INGOT_MASTER_KEY: "hunter2" } }, /^INGOT_MASTER_KEY was given \(not shown\)/],
    [{ args: ["--plain-http"] }, /^plain-http needs public-url/],
  ])("refuse %j, naming the setting, where it came from and what is allowed", async (given, message) => {
    await expect(read(given)).rejects.toThrow(message);
  });

  it("refuse a config file that is not there", async () => {
    await expect(
      readServerSettings({
        flags: parseFlags(serverFlags, []),
        environment: {},
        configFile: "missing.yaml",
        workingDirectory: directory,
      }),
    ).rejects.toThrow(/^The config file missing.yaml cannot be read/);
  });
});
