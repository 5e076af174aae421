import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DiagnosticError } from "./diagnostic.ts";
import { readJson } from "./world.ts";

const operations = ["create", "read", "update", "delete", "plan"] as const;
export type Operation = (typeof operations)[number];

export type Step = { readonly operation: Operation; readonly typeName: string };

type Fault = { readonly operation: Operation | "*"; readonly type?: string };
type Failure = Fault & { readonly message: string };
type Delay = Fault & { readonly ms: number };

/**
 * Delays or fails an operation as `<root>/delay.json` and `<root>/fail.json` ask, in this order. Both are read anew
 * every time, so a test can change its mind while a run is going on. An aborted `stop` ends a delay as a failure.
 */
export async function sufferInjectedFaults(root: string, step: Step, stop: AbortSignal): Promise<void> {
  const slow = await readFault(join(root, "delay.json"), isDelay, '"ms", the milliseconds to wait');
  if (slow && concerns(slow, step)) await wait(slow.ms, stop);
  const failure = await readFault(join(root, "fail.json"), isFailure, '"message", a text');
  if (failure && concerns(failure, step)) {
    throw new DiagnosticError(`devcloud refused to ${step.operation} ${step.typeName}`, failure.message);
  }
}

async function wait(ms: number, stop: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal: stop });
  } catch (cause) {
    if (!stop.aborted) throw cause;
    throw new DiagnosticError("devcloud was interrupted", "The CLI asked the provider to stop. Nothing was changed.");
  }
}

/** A misspelt file would silently inject nothing, and the test that wrote it would pass for the wrong reason. */
async function readFault<F extends Fault>(
  path: string,
  isExpected: (fault: Fault) => fault is F,
  expectation: string,
): Promise<F | undefined> {
  const fault = await readJson(path);
  if (fault === undefined) return undefined;
  if (isFault(fault) && isExpected(fault)) return fault;
  const known = [...operations, "*"].join(", ");
  throw new Error(`${path} must hold an object with "operation", one of ${known}, and ${expectation}.`);
}

function isFault(value: unknown): value is Fault {
  const known: readonly unknown[] = [...operations, "*"];
  return typeof value === "object" && value !== null && "operation" in value && known.includes(value.operation);
}

function isFailure(fault: Fault): fault is Failure {
  return "message" in fault && typeof fault.message === "string";
}

function isDelay(fault: Fault): fault is Delay {
  return "ms" in fault && typeof fault.ms === "number" && fault.ms >= 0;
}

function concerns(fault: Fault, { operation, typeName }: Step): boolean {
  const sameOperation = fault.operation === "*" || fault.operation === operation;
  return sameOperation && (fault.type === undefined || fault.type === typeName);
}
