import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Bootstrap } from "@ingot/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createHttpClient } from "../connection/http-client.ts";

const program = resolve(import.meta.dirname, "../../bin/ingot.js");

let directory = "";
let child: ChildProcess | undefined;
let occupier: Server | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "ingot-serve-"));
});
afterEach(async () => {
  child?.kill("SIGKILL");
  occupier?.close();
  await rm(directory, { recursive: true, force: true });
});

interface Started {
  readonly output: () => string;
  readonly errors: () => string;
  readonly exited: Promise<number | null>;
}

function start(args: readonly string[]): Started {
  const started = spawn(process.execPath, [program, "serve", ...args], {
    cwd: directory,
    env: { PATH: process.env["PATH"] },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child = started;
  let output = "";
  let errors = "";
  started.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  started.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  return {
    output: () => output,
    errors: () => errors,
    exited: once(started, "close").then(([code]) => code as number | null),
  };
}

async function readBootstrap(): Promise<Bootstrap> {
  return JSON.parse(await readFile(join(directory, "data/bootstrap.json"), "utf8")) as Bootstrap;
}

describe("ingot serve", () => {
  it("says in one line where it is and what to do next, and ends with 0 on SIGTERM", async () => {
    const server = start(["--listen", "127.0.0.1:0", "--data-dir", "data", "--no-runner"]);
    await expect.poll(server.output, { timeout: 30_000 }).toContain("\n");
    const bootstrap = await readBootstrap();
    expect(server.output()).toBe(
      `Ingot serves ${bootstrap.url}; credentials are in ${directory}/data/bootstrap.json. ` +
        `Open it in a browser and sign in with its admin.token, or, in another terminal: eval "$(npx ingot env --data-dir ${directory}/data)"\n`,
    );
    const http = createHttpClient(await readFile(bootstrap.ca_file as string, "utf8"));
    expect((await http.send(`${bootstrap.url}/healthz`)).status).toBe(200);
    await http.close();
    child?.kill("SIGTERM");
    expect(await server.exited).toBe(0);
  });

  it("starts a runner with a token only it can read, and leaves none behind", async () => {
    const server = start(["--listen", "127.0.0.1:0", "--data-dir", "data", "--log-level", "info"]);
    await expect.poll(server.output, { timeout: 30_000 }).toContain("\n");
    expect((await stat(join(directory, "data/runner/token"))).mode & 0o777).toBe(0o600);
    const runner = Number(/"child_pid":(\d+)/.exec(server.errors())?.[1]);
    expect(process.kill(runner, 0)).toBe(true);
    child?.kill("SIGINT");
    expect(await server.exited).toBe(0);
    expect(() => process.kill(runner, 0)).toThrow("ESRCH");
  });

  it("explains that the address is in use, and changes nothing there", async () => {
    occupier = createServer();
    await new Promise<void>((done) => void occupier?.listen(0, "127.0.0.1", done));
    const { port } = occupier.address() as AddressInfo;
    const server = start(["--listen", `127.0.0.1:${port}`, "--data-dir", "data"]);
    expect(await server.exited).toBe(1);
    expect(server.errors()).toContain(`ingot: 127.0.0.1:${port} is in use: another process`);
    expect(server.errors()).toContain("--listen HOST:PORT");
    expect(server.errors()).not.toContain("    at ");
  });

  it.each([
    [["--listen", "nowhere"], '--listen was given "nowhere"'],
    [["--frob"], "--frob is not a flag here. Known flags: --config, --data-dir, --listen"],
    [["extra"], 'ingot serve takes flags only, and was given "extra"'],
    [["--config", "missing.yaml"], "The config file missing.yaml cannot be read"],
  ])("refuses %j with exit status 2 and does nothing", async (args, message) => {
    const server = start(args);
    expect(await server.exited).toBe(2);
    expect(server.errors()).toContain(message);
    await expect(stat(join(directory, "ingot-data"))).rejects.toThrow("ENOENT");
  });
});
