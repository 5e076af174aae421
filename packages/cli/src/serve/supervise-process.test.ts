import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@ingot/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { environmentForRunner } from "./start-local-runner.ts";
import { superviseProcess, type SupervisedProcess, type SuperviseOptions } from "./supervise-process.ts";

let directory = "";
let supervised: SupervisedProcess | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "ingot-supervise-"));
});
afterEach(async () => {
  supervised?.kill();
  await rm(directory, { recursive: true, force: true });
});

/** Each start of the program adds a line with its pid to `starts`. */
async function supervise(program: string, options: Partial<SuperviseOptions> = {}): Promise<() => Promise<number[]>> {
  const starts = join(directory, "starts");
  await writeFile(starts, "");
  await writeFile(
    join(directory, "program.mjs"),
    `import { appendFileSync } from "node:fs";\nappendFileSync(${JSON.stringify(starts)}, process.pid + "\\n");\n${program}`,
  );
  supervised = superviseProcess({
    name: "program",
    program: process.execPath,
    args: [join(directory, "program.mjs")],
    environment: {},
    logger: createLogger("silent"),
    delayMs: () => 1,
    ...options,
  });
  return async () => (await readFile(starts, "utf8")).split("\n").filter(Boolean).map(Number);
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe("a supervised process", () => {
  it("is started again when it ends, with growing pauses", async () => {
    const attempts: number[] = [];
    const starts = await supervise("process.exit(1);", { delayMs: (attempt) => (attempts.push(attempt), 1) });
    await expect.poll(async () => (await starts()).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
    expect(attempts.slice(0, 2)).toEqual([1, 2]);
  });

  it("counts its deaths anew once it has lived long enough", async () => {
    const attempts: number[] = [];
    const starts = await supervise("process.exit(1);", {
      provenAfterMs: 0,
      delayMs: (attempt) => (attempts.push(attempt), 1),
    });
    await expect.poll(async () => (await starts()).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
    expect(new Set(attempts)).toEqual(new Set([1]));
  });

  it("is asked to end and waited for, and not started again", async () => {
    const starts = await supervise("process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000);");
    await expect.poll(async () => (await starts()).length, { timeout: 20_000 }).toBe(1);
    await supervised?.stop();
    const [pid = 0] = await starts();
    expect(isAlive(pid)).toBe(false);
    expect(await starts()).toHaveLength(1);
  });

  it("is stopped also while it waits to be started again", async () => {
    const starts = await supervise("process.exit(1);", { delayMs: () => 3_600_000 });
    await expect.poll(async () => (await starts()).length, { timeout: 20_000 }).toBe(1);
    await supervised?.stop();
    expect(await starts()).toHaveLength(1);
  });
});

it("the runner gets the environment of the server without the server's own settings", () => {
  const environment = { PATH: "/bin", INGOT_MASTER_KEY: "secret", INGOT_REGION: "eu", HTTPS_PROXY: "http://proxy" };
  expect(environmentForRunner(environment, ["INGOT_REGION"])).toEqual({
    PATH: "/bin",
    INGOT_REGION: "eu",
    HTTPS_PROXY: "http://proxy",
  });
});
