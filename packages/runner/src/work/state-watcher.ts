import { readFile, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

export interface StateWatcherOptions {
  readonly file: string;
  /** What the file held at the start; undefined when there was none. */
  readonly initial: Buffer | undefined;
  /** One attempt to deliver a snapshot. After a failure the next attempt takes what is newest then. */
  readonly upload: (state: Buffer, signal: AbortSignal) => Promise<void>;
  readonly onMissed: (error: unknown) => void;
  readonly pollMs?: number;
}

export interface StateWatcher {
  /**
   * Ends the watch once the engine is gone. The state it left: the file, or the last complete one seen when the file
   * is broken; undefined when nothing was written. `broken` tells that the file itself is not complete.
   */
  finish(): Promise<{ readonly state: Buffer | undefined; readonly broken: boolean }>;
}

/** Delivers a snapshot of a state file whenever it has changed: one at a time, the newest, only complete JSON. */
export function watchState(options: StateWatcherOptions): StateWatcher {
  const ended = new AbortController();
  let seen = "";
  let newest: Buffer | undefined;
  let delivered = options.initial;

  async function look(): Promise<void> {
    const info = await stat(options.file).catch(() => undefined);
    const mark = info === undefined ? "" : `${info.mtimeMs}:${info.size}:${info.ino}`;
    if (mark !== seen) {
      const bytes = await readCompleteState(options.file);
      // Half-written: looked at again.
      if (bytes === undefined) return;
      seen = mark;
      newest = bytes;
    }
    if (newest === undefined || isSame(newest, delivered) || ended.signal.aborted) return;
    const state = newest;
    await options.upload(state, ended.signal);
    delivered = state;
  }

  async function watch(): Promise<void> {
    while (!ended.signal.aborted) {
      try {
        await look();
      } catch (error) {
        if (!ended.signal.aborted) options.onMissed(error);
      }
      await sleep(options.pollMs ?? 500, undefined, { signal: ended.signal }).catch(() => {});
    }
  }

  const watching = watch();
  return {
    async finish() {
      ended.abort();
      await watching;
      const file = await readFile(options.file).catch(() => undefined);
      const broken = file !== undefined && !isComplete(file);
      const state = broken ? newest : file;
      return { state: isSame(state, options.initial) ? undefined : state, broken };
    },
  };
}

async function readCompleteState(file: string): Promise<Buffer | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  return bytes !== undefined && isComplete(bytes) ? bytes : undefined;
}

/** Says nothing about what is in it: encrypted states are JSON of another shape. */
function isComplete(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString());
    return true;
  } catch {
    return false;
  }
}

function isSame(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.equals(b);
}
