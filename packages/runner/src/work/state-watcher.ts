import { setTimeout as sleep } from "node:timers/promises";
import { openInside, readInside } from "../isolation/open-inside.ts";

export interface StateWatcherOptions {
  /** The directory that the engine may write to, and the state file in it. */
  readonly root: string;
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
   * is broken; undefined when nothing was written. `broken` is the file when it is not complete.
   */
  finish(): Promise<{ readonly state: Buffer | undefined; readonly broken: Buffer | undefined }>;
}

/** Delivers a snapshot of a state file whenever it has changed: one at a time, the newest, only complete JSON. */
export function watchState(options: StateWatcherOptions): StateWatcher {
  const ended = new AbortController();
  let seen = "";
  let newest: Buffer | undefined;
  let delivered = options.initial;

  async function look(): Promise<void> {
    const found = await readIfChanged();
    // Half-written: looked at again.
    if (found !== undefined && !isComplete(found.bytes)) return;
    if (found !== undefined) {
      seen = found.mark;
      newest = found.bytes;
    }
    if (newest === undefined || isSame(newest, delivered) || ended.signal.aborted) return;
    const state = newest;
    await options.upload(state, ended.signal);
    delivered = state;
  }

  async function readIfChanged(): Promise<{ readonly mark: string; readonly bytes: Buffer } | undefined> {
    const file = await openInside(options.root, options.file).catch(() => undefined);
    if (file === undefined) return undefined;
    try {
      const { mtimeMs, size, ino } = await file.stat();
      const mark = `${mtimeMs}:${size}:${ino}`;
      return mark === seen ? undefined : { mark, bytes: await file.readFile() };
    } finally {
      await file.close();
    }
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
      const file = await readInside(options.root, options.file).catch(() => undefined);
      const broken = file !== undefined && !isComplete(file) ? file : undefined;
      const state = broken === undefined ? file : newest;
      return { state: isSame(state, options.initial) ? undefined : state, broken };
    },
  };
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
