import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Bootstrap } from "@ingot/server";
import { pack } from "tar-stream";
import { Agent, fetch } from "undici";

/** The command line, to be run by Node. */
export const ingotProgram = fileURLToPath(new URL("../packages/cli/bin/ingot.js", import.meta.url));

/** `ingot serve` as a user runs it, in processes of its own that can be killed and started again on the same data. */
export class IngotProcess {
  readonly directory: string;
  readonly dataDir: string;
  readonly #port: number;
  readonly #flags: readonly string[];
  #serve: ChildProcess | undefined;
  #dispatcher: Agent | undefined;
  #token = "";
  log = "";

  private constructor(directory: string, port: number, flags: readonly string[]) {
    this.directory = directory;
    this.dataDir = join(directory, "data");
    this.#port = port;
    this.#flags = flags;
  }

  /** `prepare` may put files into the data directory before the first start. */
  static async start(
    flags: readonly string[] = [],
    prepare?: (dataDir: string) => Promise<void>,
  ): Promise<IngotProcess> {
    const ingot = new IngotProcess(await mkdtemp(join(tmpdir(), "ingot-e2e-")), await freePort(), flags);
    await prepare?.(ingot.dataDir);
    await ingot.start();
    return ingot;
  }

  get url(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  /** Starts `serve` and waits until it answers. */
  async start(): Promise<void> {
    const place = ["--data-dir", this.dataDir, "--listen", `127.0.0.1:${this.#port}`];
    // The devcloud is a directory of this machine, which isolated runs could not reach.
    const args = [ingotProgram, "serve", ...place, "--run-isolation", "none", ...this.#flags];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#serve = child;
    const ready = new Promise<void>((resolve, reject) => {
      child.stdout.on("data", (bytes: Buffer) => {
        this.log += bytes.toString();
        if (this.log.includes("Ingot serves")) resolve();
      });
      child.stderr.on("data", (bytes: Buffer) => (this.log += bytes.toString()));
      child.once("exit", (code) => reject(new Error(`ingot serve ended with ${code}\n${this.log}`)));
    });
    await ready;
    this.#token = (await this.bootstrap()).admin.token;
    this.#dispatcher = new Agent({ connect: { ca: await readFile(join(this.dataDir, "tls", "ca.pem"), "utf8") } });
  }

  /** The first credentials, as the server has written them. */
  async bootstrap(): Promise<Bootstrap> {
    return JSON.parse(await readFile(join(this.dataDir, "bootstrap.json"), "utf8")) as Bootstrap;
  }

  get servePid(): number {
    return this.#serve?.pid as number;
  }

  /** The runner that `serve` started, and whatever it started. */
  async runnerPids(): Promise<number[]> {
    return descendantsOf(this.servePid);
  }

  /** Ends `serve` without a word, and waits until it is gone. */
  async killServe(): Promise<void> {
    this.log = "";
    const child = this.#serve as ChildProcess;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    process.kill(this.servePid, "SIGKILL");
    await gone;
  }

  async api(method: string, path: string, body?: unknown): Promise<{ status: number; json: any }> {
    return this.request(method, `/api/v2/${path}`, body, "application/vnd.api+json");
  }

  async request(
    method: string,
    path: string,
    body?: unknown,
    contentType = Buffer.isBuffer(body) ? "application/octet-stream" : "application/json",
  ): Promise<{ status: number; json: any }> {
    const answer = await fetch(new URL(path, this.url), {
      method,
      dispatcher: this.#dispatcher as Agent,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { "content-type": contentType }),
      },
      ...(body === undefined ? {} : { body: Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, json: text.startsWith("{") ? JSON.parse(text) : text };
  }

  /** A call that must succeed; returns `data`. */
  async must(method: string, path: string, body?: unknown): Promise<any> {
    const answer = await this.api(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.json)}`);
    return answer.json?.data;
  }

  /** Uploads a configuration of one file and starts a run of it, which applies by itself unless told not to. Returns its id. */
  async run(
    workspaceId: string,
    content: string,
    { file = "main.tf", autoApply = true }: { readonly file?: string; readonly autoApply?: boolean } = {},
  ): Promise<string> {
    const version = await this.must("POST", `workspaces/${workspaceId}/configuration-versions`, {
      data: { type: "configuration-versions", attributes: { "auto-queue-runs": false } },
    });
    const tar = pack();
    tar.entry({ name: file }, content);
    tar.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of tar) chunks.push(chunk as Buffer);
    const upload = await this.request(
      "PUT",
      new URL(version.attributes["upload-url"]).pathname,
      gzipSync(Buffer.concat(chunks)),
    );
    if (upload.status !== 200) throw new Error(`upload: ${upload.status}`);
    const run = await this.must("POST", "runs", {
      data: {
        type: "runs",
        attributes: { "auto-apply": autoApply },
        relationships: {
          workspace: { data: { type: "workspaces", id: workspaceId } },
          "configuration-version": { data: { type: "configuration-versions", id: version.id } },
        },
      },
    });
    return run.id as string;
  }

  /** Frees the workspace: runs that wait for a person are discarded, and the others have ended. */
  async discardWaitingRuns(workspaceId: string): Promise<void> {
    const look = async () => (await this.must("GET", `workspaces/${workspaceId}/runs`)) as any[];
    const isOver = (run: any): boolean => finalStatuses.includes(run.attributes.status);
    await this.until(
      "the workspace is free",
      60,
      async () => {
        for (const run of await look()) {
          if (run.attributes.actions["is-discardable"] === true)
            await this.api("POST", `runs/${run.id}/actions/discard`);
        }
        return look();
      },
      (runs) => runs.every(isOver),
    );
  }

  async status(runId: string): Promise<string> {
    return (await this.must("GET", `runs/${runId}`)).attributes.status as string;
  }

  /** What the plan and the apply of a run wrote, for assertions and for messages of failed ones. */
  async logOf(runId: string): Promise<string> {
    const { relationships } = await this.must("GET", `runs/${runId}`);
    const texts: string[] = [];
    for (const path of [`plans/${relationships.plan.data.id}`, `applies/${relationships.apply.data.id}`]) {
      const { attributes } = await this.must("GET", path);
      const { pathname } = new URL(attributes["log-read-url"]);
      texts.push(String((await this.request("GET", `${pathname}?offset=0`)).json));
    }
    return texts.join("\n");
  }

  /** Waits until `check` holds, asking four times a second; fails with what it saw last. */
  async until<T>(what: string, seconds: number, look: () => Promise<T>, check: (seen: T) => boolean): Promise<T> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const seen = await look();
      if (check(seen)) return seen;
      if (Date.now() > end)
        throw new Error(`${what}: still ${JSON.stringify(seen)} after ${seconds} s\n${this.log.slice(-4000)}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  async close(): Promise<void> {
    const child = this.#serve as ChildProcess;
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await gone;
    }
    await this.#dispatcher?.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}

const finalStatuses = ["applied", "planned_and_finished", "discarded", "errored", "canceled"];

/** Every process below this one, children first. Reads /proc, so Linux only. */
export async function descendantsOf(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "");
    const parent = /^\d+ \(.*\) \S (\d+)/s.exec(stat)?.[1];
    if (parent !== undefined) parents.set(Number(entry), Number(parent));
  }
  const found: number[] = [];
  let level = [pid];
  while (level.length > 0) {
    level = [...parents].filter(([, parent]) => level.includes(parent)).map(([child]) => child);
    found.push(...level);
  }
  return found;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
