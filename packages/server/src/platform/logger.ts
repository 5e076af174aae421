import { pino, stdTimeFunctions, type Logger } from "pino";

export type { Logger };

/** Structured logs on standard error, so that standard output stays free for what a command prints. */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      redact: ["req.headers.authorization", "headers.authorization", "*.secret", "*.token", "*.client_secret"],
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
