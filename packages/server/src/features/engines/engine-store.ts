import type { EngineName } from "@ingot/runner/protocol";
import { sql } from "kysely";
import { containsText } from "../../db/contains-text.ts";
import type { Db } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import type { KnownEngine } from "./engine.ts";

export interface RunnerEngines {
  /** A principal's id. */
  readonly runnerId: string;
  readonly runnerName: string;
  readonly engines: readonly { readonly name: EngineName; readonly version: string }[];
}

/** Replaces what this runner has. At most two statements. */
export async function saveRunnerEngines(db: Db, { runnerId, runnerName, engines }: RunnerEngines, now: Millis) {
  if (engines.length > 0) {
    const rows = engines.map(({ name, version }) => ({
      runner_id: runnerId,
      runner_name: runnerName,
      engine: name,
      version,
      first_seen_at: now,
      seen_at: now,
    }));
    const key = ["runner_id", "runner_name", "engine", "version"] as const;
    await db
      .insertInto("runner_engines")
      .values(rows)
      .onConflict((c) => c.columns(key).doUpdateSet({ seen_at: now }))
      .execute();
  }
  const ids = engines.map(({ name, version }) => `${name} ${version}`);
  await db
    .deleteFrom("runner_engines")
    .where("runner_id", "=", runnerId)
    .where("runner_name", "=", runnerName)
    .$if(ids.length > 0, (q) => q.where(sql`engine || ' ' || version`, "not in", ids))
    .execute();
}

export interface EngineFilter {
  /** Runners that were silent since then have gone. */
  readonly seenSince: Millis;
  readonly engine?: EngineName;
  readonly version?: string;
  /** A part of the version. */
  readonly versionContains?: string;
}

/** By version and name. Two statements. */
export async function listEngines(db: Db, filter: EngineFilter, page: Page): Promise<Paged<KnownEngine>> {
  const { engine, version, versionContains } = filter;
  const known = db
    .selectFrom("runner_engines")
    .where("seen_at", ">=", filter.seenSince)
    .$if(engine !== undefined, (q) => q.where("engine", "=", engine ?? ""))
    .$if(version !== undefined, (q) => q.where("version", "=", version ?? ""))
    .$if(versionContains !== undefined, (q) => q.where(containsText("version", versionContains ?? "")))
    .groupBy(["engine", "version"]);
  const rows = await known
    .select((e) => [
      "engine",
      "version",
      e.fn.min("first_seen_at").as("first_seen_at"),
      // Whoever names no engine means that of the client which made the workspace.
      sql<number>`(select count(*) from workspaces where engine_version = runner_engines.version
        and coalesce(engine_name, client_engine, runner_engines.engine) = runner_engines.engine)`.as("workspaces"),
    ])
    .orderBy("version")
    .orderBy("engine")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  const { total } = await db
    .selectFrom(known.select(["engine", "version"]).as("known"))
    .select((e) => e.fn.countAll().as("total"))
    .executeTakeFirstOrThrow();
  const items = rows.map((row) => ({
    engine: row.engine as EngineName,
    version: row.version,
    firstSeenAt: Number(row.first_seen_at),
    workspaces: Number(row.workspaces),
  }));
  return { items, total: Number(total) };
}

/** Forgets runners that have not asked since. */
export async function deleteSilentRunnerEngines(db: Db, since: Millis): Promise<void> {
  await db.deleteFrom("runner_engines").where("seen_at", "<", since).execute();
}
