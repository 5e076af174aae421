import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readRunnerOptions } from "./runner-options.ts";

const directory = mkdtempSync(join(tmpdir(), "ingot-options-"));
afterAll(() => rmSync(directory, { recursive: true }));
const tokenFile = join(directory, "token");
writeFileSync(tokenFile, "t0ken\n");
const emptyFile = join(directory, "empty");
writeFileSync(emptyFile, "\n");
const least = ["--url", "https://ingot.example:8443", "--token-file", tokenFile, "--work-dir", "/w"];

describe("the runner's options", () => {
  it("are few that must be given, and defaults", () => {
    expect(readRunnerOptions(least, { PATH: "/bin", SSL_CERT_FILE: "/ca" })).toMatchObject({
      url: "https://ingot.example:8443",
      token: "t0ken",
      workDir: "/w",
      concurrency: 1,
      path: "/bin",
      operatorCaFile: "/ca",
      passedEnvironment: {},
      cgroup: "auto",
      logLevel: "info",
    });
  });

  it("take the token from the environment too, and pass on the variables that were named", () => {
    const environment = { INGOT_RUNNER_TOKEN: "from-env", HTTPS_PROXY: "http://p", OTHER: "x" };
    const args = [
      "--url",
      "http://127.0.0.1:1",
      "--work-dir",
      "/w",
      "--pass-env",
      "HTTPS_PROXY",
      "--pass-env",
      "ABSENT",
    ];
    const settings = readRunnerOptions(args, environment);
    expect(settings.token).toBe("from-env");
    expect(settings.passedEnvironment).toEqual({ HTTPS_PROXY: "http://p" });
  });

  it.each([
    [["--url", "ingot"], '--url was given "ingot". Allowed: an address such as'],
    [["--url", "ftp://x"], '--url was given "ftp://x"'],
    [["--concurrency", "0"], '--concurrency was given "0". Allowed: a whole number from 1 to 64.'],
    [["--concurrency", "many"], '--concurrency was given "many"'],
    [["--cpus-max", "some"], '--cpus-max was given "some". Allowed: a number from 0.1 to 1024.'],
    [["--cgroup", "ours"], '--cgroup was given "ours". Allowed: auto, off, or a directory.'],
    [["--log-level", "loud"], '--log-level was given "loud". Allowed: one of trace'],
    [["--pass-env", "A=B"], '--pass-env was given "A=B"'],
    [["--pass-env", "INGOT_RUNNER_TOKEN"], "runs never get the runner's token"],
    [["--token-file", "/does/not/exist"], '--token-file was given "/does/not/exist"'],
    [["--token-file", emptyFile], "holds no token"],
    [["--name", ""], '--name was given "". Allowed: a value that is not empty.'],
    [["--colour", "red"], "Unknown option '--colour'"],
    [["extra"], "Unexpected argument 'extra'"],
  ])("%j are refused, and why", (args, message) => {
    expect(() => readRunnerOptions([...least, ...args], {})).toThrow(message);
  });

  it.each(["--url", "--token-file", "--work-dir"])("say that %s is missing", (name) => {
    const at = least.indexOf(name);
    expect(() => readRunnerOptions(least.toSpliced(at, 2), {})).toThrow(`${name} is missing: give `);
  });
});
