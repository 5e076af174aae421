import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { DomainError } from "../errors.ts";

/**
 * Reads a text in the native syntax of HCL 2. A block becomes a member of its type, below it one for each label, below the
 * last an array of bodies; an expression stays a text as `${…}`. Errors: invalid/hcl_syntax with line and column where the
 * parser gives them, invalid/hcl_unreadable for a text that it cannot finish, unavailable/hcl_busy.
 */
export type HclReader = (text: string) => Promise<Readonly<Record<string, unknown>>>;

// Thirty times what the start of a worker takes; the reading itself takes milliseconds.
const timeoutMsDefault = 10_000;
const waitingMaxDefault = 16;

// The parser is HashiCorp's own, compiled to WebAssembly. It ends its process on a text that is nested too deeply, and its
// memory never shrinks: so it has a thread of its own, for one text.
const worker = `
const { parentPort, workerData } = require("node:worker_threads");
require(workerData.parser).parse("block", workerData.text).then(
  (content) => parentPort.postMessage({ content: JSON.stringify(content) }),
  (error) => parentPort.postMessage({ error: String(error && error.message || error) }),
);`;

type Said = { readonly content: string } | { readonly error: string };

/** A reader that reads one text at a time; a few more may wait. */
export function createHclReader(
  options: { readonly timeoutMs?: number; readonly waitingMax?: number } = {},
): HclReader {
  const parser = createRequire(import.meta.url).resolve("@cdktf/hcl2json");
  const timeoutMs = options.timeoutMs ?? timeoutMsDefault;
  const waitingMax = options.waitingMax ?? waitingMaxDefault;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return async (text) => {
    if (waiting >= waitingMax) {
      throw new DomainError(
        "unavailable",
        "hcl_busy",
        "Too many texts are being read at the moment. Try again shortly.",
      );
    }
    waiting++;
    const turn = last.then(() => readInWorker({ parser, text, timeoutMs }));
    last = turn.catch(() => {});
    try {
      return parseSaid(await turn);
    } finally {
      waiting--;
    }
  };
}

async function readInWorker(input: {
  readonly parser: string;
  readonly text: string;
  readonly timeoutMs: number;
}): Promise<Said | undefined> {
  const { parser, text, timeoutMs } = input;
  // What the parser prints when it breaks is of no use to anybody.
  const thread = new Worker(worker, { eval: true, workerData: { parser, text }, stdout: true, stderr: true });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Said | undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), timeoutMs);
      thread.once("message", (said: Said) => resolve(said));
      thread.once("error", () => resolve(undefined));
      thread.once("exit", () => resolve(undefined));
    });
  } finally {
    clearTimeout(timer);
    await thread.terminate();
  }
}

function parseSaid(said: Said | undefined): Readonly<Record<string, unknown>> {
  if (said !== undefined && "content" in said) return JSON.parse(said.content) as Record<string, unknown>;
  const error = said?.error ?? "";
  const place = /\[block:(\d+),(\d+)(?:-[\d,]+)?: (.*?)(?:, and \d+ other diagnostic\(s\))?\]?$/s.exec(error);
  if (place !== null) {
    const [, line = "", column = "", problem = ""] = place;
    const [summary = "", detail = ""] = problem.replaceAll("block:", "line ").split("; ", 2);
    throw new DomainError("invalid", "hcl_syntax", `Line ${line}, column ${column}: ${summary}. ${detail}`.trim());
  }
  const converted = /convert block: (.*)$/s.exec(error)?.[1];
  if (converted !== undefined) throw new DomainError("invalid", "hcl_syntax", `${converted}.`);
  throw new DomainError(
    "invalid",
    "hcl_unreadable",
    "The text cannot be read as HCL: it is nested too deeply, or takes too long. Make it simpler or split it.",
  );
}
