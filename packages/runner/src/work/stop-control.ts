/** Why a job ends before its work does. */
export type StopReason = "canceled" | "timed_out" | "runner_stopped" | "lease_lost";

export interface StopControl {
  /** The first reason given, but a lost lease overrules every other. */
  reason(): StopReason | undefined;
  /** Aborts when the work is asked to stop: start nothing new, let the engine save its state. */
  readonly interrupted: AbortSignal;
  /** Aborts when the work has to end at once. */
  readonly killed: AbortSignal;
  /** Asks once; asking again changes nothing. What does not obey within the grace is killed. */
  interrupt(reason: StopReason): void;
  kill(reason: StopReason): void;
  close(): void;
}

export function createStopControl(options: { readonly interruptGraceMs: number }): StopControl {
  const interrupted = new AbortController();
  const killed = new AbortController();
  let reason: StopReason | undefined;
  let timer: NodeJS.Timeout | undefined;

  function give(next: StopReason): void {
    if (reason === undefined || next === "lease_lost") reason = next;
  }

  return {
    reason: () => reason,
    interrupted: interrupted.signal,
    killed: killed.signal,
    interrupt(next) {
      give(next);
      if (interrupted.signal.aborted) return;
      timer = setTimeout(() => killed.abort(), options.interruptGraceMs);
      interrupted.abort();
    },
    kill(next) {
      give(next);
      clearTimeout(timer);
      // First, so that nobody sends an interrupt to what is being killed.
      killed.abort();
      interrupted.abort();
    },
    close() {
      clearTimeout(timer);
    },
  };
}
