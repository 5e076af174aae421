import { useEffect, useState } from "react";
import { callApi } from "../../api/client.ts";
import { isApiError } from "../../api/api-error.ts";
import { appendText, emptyLog, type LogText } from "./log-lines.ts";

interface LogSlice {
  readonly text: string;
  readonly next_offset: number;
  readonly closed: boolean;
}

export interface FollowedLog {
  readonly text: LogText;
  /** As it came, for whoever takes it away. */
  readonly raw: readonly string[];
  /** Nothing follows. */
  readonly closed: boolean;
  /** What was read so far is all there is at the moment. */
  readonly caughtUp: boolean;
  readonly error: unknown;
}

const nothingYet: FollowedLog = { text: emptyLog, raw: [], closed: false, caughtUp: false, error: null };

const pollMs = 1000;
const retryMs = 3000;

/** Reads a log from its beginning and follows it until it is closed. A read that fails is tried again. */
export function useLog(path: string): FollowedLog {
  const [log, setLog] = useState(nothingYet);
  useEffect(() => {
    const ended = new AbortController();
    setLog(nothingYet);
    void follow(path, ended.signal, setLog);
    return () => ended.abort();
  }, [path]);
  return log;
}

async function follow(path: string, ended: AbortSignal, tell: (log: FollowedLog) => void): Promise<void> {
  let log = nothingYet;
  let offset = 0;
  while (!ended.aborted) {
    try {
      const slice = await callApi<LogSlice>(path, { query: { offset }, signal: ended });
      const grown = slice.next_offset > offset;
      offset = slice.next_offset;
      const closed = slice.closed && !grown;
      if (grown || closed || !log.caughtUp || log.error !== null) {
        log = {
          text: appendText(log.text, slice.text),
          raw: grown ? [...log.raw, slice.text] : log.raw,
          closed,
          caughtUp: !grown,
          error: null,
        };
        if (!ended.aborted) tell(log);
      }
      if (closed) return;
      if (!grown) await pause(pollMs, ended);
    } catch (error) {
      if (ended.aborted) return;
      log = { ...log, error };
      tell(log);
      if (isApiError(error) && error.status >= 400 && error.status < 500) return;
      await pause(retryMs, ended);
    }
  }
}

function pause(milliseconds: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    ended.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
