import type { EngineName } from "@ingot/runner/protocol";
import type { Millis } from "../../platform/clock.ts";

/** An engine in one version, as runners have it. */
export interface KnownEngine {
  readonly engine: EngineName;
  readonly version: string;
  /** When a runner first had it, of those that have it now. */
  readonly firstSeenAt: Millis;
  /** How many workspaces ask for exactly this version of it. */
  readonly workspaces: number;
}

/**
 * A runner says what it has only when it asks for work, and one that works asks for none: as long as its work may take, with
 * a night's rest, its engines count as there.
 */
export const engineKnownMs = 86_400_000;

/** `<engine>-<version>`: what clients call it by, the same on all replicas and after a restart. */
export function engineId({ engine, version }: Pick<KnownEngine, "engine" | "version">): string {
  return `${engine}-${version}`;
}

/** Undefined for what is no such id. */
export function parseEngineId(id: string): Pick<KnownEngine, "engine" | "version"> | undefined {
  const [, engine, version] = /^(tofu|terraform)-(.+)$/.exec(id) ?? [];
  return engine === undefined || version === undefined ? undefined : { engine: engine as EngineName, version };
}
