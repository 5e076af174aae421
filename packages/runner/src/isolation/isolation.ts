import type { Logger } from "pino";
import { findCgroups, type Cgroups, type JobCgroup } from "./cgroups.ts";
import { findBubblewrap } from "./bubblewrap.ts";
import {
  isolationLevels,
  IsolationUnavailable,
  type Confinement,
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
    return limited(found, options, logger);
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

async function limited(found: Isolation, options: IsolationOptions, logger: Logger): Promise<Isolation> {
  const groups = await findCgroups({ wish: options.cgroup ?? "off", limits: options.limits });
  const isMissing = "missing" in groups;
  if (isMissing && options.cgroup !== undefined && !["auto", "off"].includes(options.cgroup)) {
    throw new IsolationUnavailable(groups.missing);
  }
  const enforced = isMissing ? [] : groups.enforced;
  const limit = await findLimiter(options, enforced);
  return {
    level: found.level,
    limitedBy: isMissing
      ? `prlimit (${groups.missing})`
      : `a control group (${["kill", ...enforced].join(", ")}), prlimit`,
    async enter(directory) {
      const inner = await found.enter(directory);
      const group = isMissing ? undefined : await makeGroup(groups, inner);
      return {
        ...inner,
        confine: (command) => {
          const confined = limit(inner.confine(command));
          return group === undefined ? confined : group.wrap(confined);
        },
        async leave() {
          try {
            const { outOfMemory } = (await group?.end()) ?? { outOfMemory: 0 };
            if (outOfMemory > 0) {
              logger.warn(
                { job: directory.root, outOfMemory },
                "a run needed more memory than it may have: processes of it were ended",
              );
            }
          } finally {
            await inner.leave();
          }
        },
      };
    },
  };
}

async function makeGroup(groups: Cgroups, inner: Confinement): Promise<JobCgroup> {
  try {
    return await groups.create();
  } catch (error) {
    await inner.leave();
    throw error;
  }
}
