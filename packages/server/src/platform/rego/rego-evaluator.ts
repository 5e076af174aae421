import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { brotliDecompress } from "node:zlib";
import { DomainError } from "../errors.ts";

/** Policies that are evaluated together: they see each other and the data, and nothing of another set. */
export interface RegoSet {
  /** The texts of the modules by file name, each in Rego v1 or, when it is no v1, in v0. */
  readonly modules: Readonly<Record<string, string>>;
  /** What policies see as `data`, beside their packages. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Such as `data.terraform.deny`. */
  readonly queries: readonly string[];
}

/** The value of a query, or why there is none. An undefined one has neither. */
export interface RegoQueryResult {
  readonly value?: unknown;
  readonly error?: string;
}

export interface RegoSetResult {
  /** Why the set as a whole could not be evaluated, such as a text that does not compile; then there are no queries. */
  readonly error?: string;
  /** In the order in which they were asked. */
  readonly queries: readonly RegoQueryResult[];
}

/**
 * Evaluates sets of policies over one input. Errors: invalid/rego_limit when it takes too long or too much memory,
 * unavailable/rego_broken when the evaluator itself breaks.
 */
export type RegoEvaluator = (input: unknown, sets: readonly RegoSet[]) => Promise<readonly RegoSetResult[]>;

/** The version of OPA that evaluates. */
export const opaVersion = "1.22.3";

const timeoutMsDefault = 60_000;
const memoryBytesMaxDefault = 512 * 1024 * 1024;

// OPA itself, compiled to WebAssembly: it has a thread of its own for one request, so that whatever it takes ends with the
// thread. It has no files, no network, no environment. Go asks for the time at every garbage collection, before its heap
// can double: that is when its memory is looked at.
const worker = `
const { parentPort, workerData } = require("node:worker_threads");
const { WASI } = require("node:wasi");
const wasi = new WASI({ version: "preview1", args: ["rego"], env: {}, returnOnExit: true });
const imports = wasi.getImportObject();
const system = { ...imports.wasi_snapshot_preview1 };
const clock = system.clock_time_get;
let memory;
system.clock_time_get = (...args) => {
  if (memory !== undefined && memory.buffer.byteLength > workerData.memoryBytesMax) throw new Error("memory");
  return clock(...args);
};
const instance = new WebAssembly.Instance(workerData.module, { ...imports, wasi_snapshot_preview1: system });
wasi.initialize(instance);
const { allocate, evaluate, reply } = instance.exports;
memory = instance.exports.memory;
try {
  const request = workerData.request;
  new Uint8Array(memory.buffer, 0).set(request, allocate(request.length));
  const length = evaluate();
  const at = reply();
  parentPort.postMessage(length < 0 ? { error: "request" } : { reply: memory.buffer.slice(at, at + length) });
} catch (error) {
  parentPort.postMessage({ error: error.message === "memory" ? "memory" : String(error.name) });
}`;

// Node has it; the library that this project is compiled against does not.
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<object> };

type Said = { readonly reply: ArrayBuffer } | { readonly error: string };

let compiled: Promise<object> | undefined;

/** Compiled once a process, when it is first needed: threads share the code. */
async function opaModule(): Promise<object> {
  compiled ??= readFile(new URL("../../../rego/opa.wasm.br", import.meta.url)).then(async (bytes) =>
    WebAssembly.compile(await promisify(brotliDecompress)(bytes)),
  );
  return compiled;
}

/** An evaluator that does one request at a time; the others wait. */
export function createRegoEvaluator(
  options: { readonly timeoutMs?: number; readonly memoryBytesMax?: number } = {},
): RegoEvaluator {
  const timeoutMs = options.timeoutMs ?? timeoutMsDefault;
  const memoryBytesMax = options.memoryBytesMax ?? memoryBytesMaxDefault;
  let last: Promise<unknown> = Promise.resolve();
  return async (input, sets) => {
    const request = Buffer.from(JSON.stringify({ input, sets }));
    const turn = last.then(async () =>
      evaluateInWorker({ module: await opaModule(), request, memoryBytesMax }, timeoutMs),
    );
    last = turn.catch(() => {});
    return parseSaid(await turn);
  };
}

async function evaluateInWorker(
  workerData: { readonly module: object; readonly request: Buffer; readonly memoryBytesMax: number },
  timeoutMs: number,
): Promise<Said> {
  // What it prints when it breaks may quote the input: nobody reads it.
  const thread = new Worker(worker, { eval: true, workerData, stdout: true, stderr: true });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Said>((resolve) => {
      timer = setTimeout(() => resolve({ error: "time" }), timeoutMs);
      thread.once("message", (said: Said) => resolve(said));
      thread.once("error", (error: Error) => resolve({ error: error.name }));
      thread.once("exit", () => resolve({ error: "exit" }));
    });
  } finally {
    clearTimeout(timer);
    await thread.terminate();
  }
}

function parseSaid(said: Said): readonly RegoSetResult[] {
  if ("reply" in said) {
    const { sets } = JSON.parse(Buffer.from(said.reply).toString("utf8")) as { sets: readonly RegoSetResult[] };
    return sets;
  }
  if (said.error === "time" || said.error === "memory") {
    throw new DomainError(
      "invalid",
      "rego_limit",
      `The policies took more ${said.error} than they may. Make them simpler, or look at fewer resources at once.`,
    );
  }
  throw new DomainError(
    "unavailable",
    "rego_broken",
    `The policies could not be evaluated: the evaluator broke (${said.error}).`,
  );
}
