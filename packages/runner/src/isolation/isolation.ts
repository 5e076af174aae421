import type { Logger } from "pino";
import { findBubblewrap } from "./bubblewrap.ts";
import {
  isolationLevels,
  IsolationUnavailable,
  type ConfinedCommand,
  type FoundIsolation,
  type Isolation,
  type IsolationLevel,
  type IsolationOptions,
} from "./confinement.ts";
import { findEngineUsers } from "./engine-users.ts";
import { findLimiter } from "./limits.ts";

/**
 * The isolation to use. A level that was asked for by name is never replaced by a weaker one. Throws IsolationUnavailable,
 * saying what is missing.
 */
export async function chooseIsolation(options: IsolationOptions, logger: Logger): Promise<Isolation> {
  const reasons: string[] = [];
  for (const level of options.wish === "auto" ? isolationLevels : [options.wish]) {
    const found = await findLevel(level, options);
    if ("missing" in found) {
      reasons.push(found.missing);
      continue;
    }
    if (level === "none" && options.wish === "auto") {
      logger.warn(
        { reasons },
        "engines run without isolation: a configuration can read whatever the runner's user can read. Install bubblewrap, or run configurations of people you trust only",
      );
    }
    return withLimits(found, await findLimiter(options));
  }
  throw new IsolationUnavailable(`Isolation ${JSON.stringify(options.wish)} does not work here: ${reasons.join(" ")}`);
}

function findLevel(level: IsolationLevel, options: IsolationOptions): Promise<FoundIsolation> {
  if (level === "bubblewrap") return findBubblewrap(options);
  return level === "users" ? findEngineUsers(options) : Promise.resolve(noIsolation);
}

export const noIsolation: Isolation = {
  level: "none",
  async enter() {
    return {
      async handOver() {},
      confine: ({ path, args, cwd }) => ({ command: path, args, cwd }),
      async leave() {},
    };
  },
};

function withLimits(isolation: Isolation, limit: (command: ConfinedCommand) => ConfinedCommand): Isolation {
  return {
    level: isolation.level,
    async enter(directory) {
      const inner = await isolation.enter(directory);
      return { ...inner, confine: (command) => limit(inner.confine(command)) };
    },
  };
}
