import type { ServerConfig } from "@ingot/server";
import { CommandError } from "../command-line/command.ts";

interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly port?: number;
  readonly address?: string;
  readonly path?: string;
}

/** What an operator can do about a server that does not start; the error itself when nothing is known about it. */
export function explainStartFailure(error: unknown, config: ServerConfig): unknown {
  const { code, syscall, port, address, path, message } = error as SystemError;
  if (syscall === "listen" || syscall === "bind" || syscall === "getaddrinfo") {
    const setting = config["metrics-listen"].endsWith(`:${port}`) ? "metrics-listen" : "listen";
    const where = port === undefined ? config.listen : `${address ?? ""}:${port}`;
    switch (code) {
      case "EADDRINUSE":
        return new CommandError(
          `${where} is in use: another process, perhaps another Ingot, listens there. End it, or choose another address with --${setting} HOST:PORT; port 0 takes any free one.`,
        );
      case "EACCES":
        return new CommandError(
          `${where} may not be used by this user: ports below 1024 need a privilege. Choose another with --${setting} HOST:PORT.`,
        );
      case "EADDRNOTAVAIL":
      case "ENOTFOUND":
      case "EAI_AGAIN":
        return new CommandError(
          `${where} is not an address of this machine. Give one that is with --${setting} HOST:PORT.`,
        );
      default:
        return error;
    }
  }
  if (code === "ECONNREFUSED" && config["database-url"] !== undefined) {
    return new CommandError(`The database does not answer: ${message}. Check database-url and that PostgreSQL runs.`);
  }
  if (path !== undefined && (code === "EACCES" || code === "EROFS" || code === "ENOTDIR" || code === "ENOENT")) {
    return new CommandError(
      `${path} cannot be used (${code}). Check that it exists where it must and that this user may write to ${config["data-dir"]}.`,
    );
  }
  return error;
}
