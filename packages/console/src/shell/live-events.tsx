import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useState, type ReactNode } from "react";
import { staleTopics, type Topic } from "../api/query-keys.ts";
import { useMay } from "../session/use-session.ts";

export type LiveState = "connecting" | "live" | "reconnecting";

const LiveContext = createContext<LiveState>("connecting");

/** Whether what is shown follows the server at this moment. */
export function useLiveState(): LiveState {
  return useContext(LiveContext);
}

const gatherMs = 250;
const retryMs = 5000;
const stateReadMs = 2500;

/** Keeps one stream of events open and lets each event make stale what it is about. */
export function LiveEvents({ children }: { readonly children: ReactNode }) {
  const queries = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");
  // Whoever has joined and is in no team yet may see no events: it would be refused every few seconds.
  const allowed = useMay()("event:read");
  useEffect(() => (allowed ? followEvents(queries, setState) : undefined), [queries, allowed]);
  return <LiveContext value={state}>{children}</LiveContext>;
}

/** Returns what ends it. */
function followEvents(queries: QueryClient, tell: (state: LiveState) => void): () => void {
  const gathered = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource | undefined;
  let interrupted = false;
  const later = new Set<ReturnType<typeof setTimeout>>();

  function refresh(): void {
    timer = undefined;
    const topics = new Set(gathered);
    gathered.clear();
    void queries.invalidateQueries({ predicate: ({ queryKey }) => topics.has(String(queryKey[0])) });
  }

  function makeStale(topics: readonly Topic[]): void {
    for (const topic of topics) gathered.add(topic);
    timer ??= setTimeout(refresh, gatherMs);
  }

  function hear(message: MessageEvent<unknown>): void {
    const kind = kindOf(message);
    makeStale(staleTopics(kind));
    // The images in a new state are read by a job of their own, just after the run has ended.
    if (kind === "run.applied") later.add(setTimeout(() => makeStale(staleTopics(kind)), stateReadMs));
  }

  function open(): void {
    source = new EventSource("/api/v1/events/stream");
    source.addEventListener("open", () => {
      tell("live");
      // Nobody knows what happened in between.
      if (interrupted) void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
      interrupted = false;
    });
    source.addEventListener("message", hear);
    source.addEventListener("error", () => {
      interrupted = true;
      tell("reconnecting");
      // The browser tries again by itself, except after an answer that is not a stream.
      if (source?.readyState !== EventSource.CLOSED) return;
      source.close();
      again = setTimeout(open, retryMs);
    });
  }

  open();
  return () => {
    clearTimeout(timer);
    clearTimeout(again);
    for (const one of later) clearTimeout(one);
    source?.close();
  };
}

function kindOf(message: MessageEvent<unknown>): string {
  try {
    const event = JSON.parse(String(message.data)) as { kind?: unknown } | null;
    return typeof event?.kind === "string" ? event.kind : "";
  } catch {
    return "";
  }
}
