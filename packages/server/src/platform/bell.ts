/**
 * Wakes those who wait for something that this process does. What another process does they must look for by themselves,
 * so every wait has an end.
 */
export interface Bell {
  /** Wakes the listeners of this topic. */
  ring(topic?: string): void;
  /** Listens from now on: a ring between two waits is not lost. Whoever listens calls `end`. */
  listen(topic?: string): BellListener;
  /** Nobody waits any longer, now or later. */
  close(): void;
  readonly closed: boolean;
  /** Listeners of all topics. */
  readonly listeners: number;
}

export interface BellListener {
  /** Resolves when the bell has rung since the last call, is closed, or the time is up. */
  next(timeoutMs: number): Promise<void>;
  end(): void;
}

interface Listening {
  rung: boolean;
  wake: (() => void) | undefined;
}

export function createBell(): Bell {
  const topics = new Map<string, Set<Listening>>();
  let closed = false;
  let listeners = 0;

  function wake(listening: Listening): void {
    listening.rung = true;
    listening.wake?.();
  }

  function listen(topic = ""): BellListener {
    const listening: Listening = { rung: false, wake: undefined };
    const others = topics.get(topic) ?? new Set();
    topics.set(topic, others.add(listening));
    listeners++;
    return {
      async next(timeoutMs) {
        if (!listening.rung && !closed) await wakened(listening, timeoutMs);
        listening.rung = false;
      },
      end() {
        if (!others.delete(listening)) return;
        listeners--;
        if (others.size === 0) topics.delete(topic);
      },
    };
  }

  return {
    ring: (topic = "") => topics.get(topic)?.forEach(wake),
    listen,
    close() {
      closed = true;
      for (const listening of topics.values()) listening.forEach(wake);
    },
    get closed() {
      return closed;
    },
    get listeners() {
      return listeners;
    },
  };
}

function wakened(listening: Listening, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      clearTimeout(timer);
      listening.wake = undefined;
      resolve();
    };
    const timer = setTimeout(stop, timeoutMs);
    listening.wake = stop;
  });
}
