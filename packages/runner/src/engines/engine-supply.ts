import { join } from "node:path";
import type { EngineName } from "../protocol.ts";
import { WorkError } from "../work/work-error.ts";
import { chooseEngine, type EngineWish } from "./choose-engine.ts";
import { DownloadRefused, type EngineDownloads } from "./engine-downloads.ts";
import type { Engine } from "./find-engines.ts";

/** The engines of this runner: those that are here, and those that it may fetch. */
export interface EngineSupply {
  /** What is installed now. */
  list(): readonly Engine[];
  /** What may be fetched. */
  readonly downloads: readonly EngineName[];
  /** One that fits; fetched when none does and it may be. Throws WorkError. */
  choose(wish: EngineWish): Promise<Engine>;
}

export function createEngineSupply(
  found: readonly Engine[],
  downloads?: { readonly from: EngineDownloads; readonly directory: string },
): EngineSupply {
  const engines = [...found];
  return {
    list: () => engines,
    downloads: downloads === undefined ? [] : ["tofu", "terraform"],
    async choose(wish) {
      try {
        return chooseEngine(engines, wish);
      } catch (error) {
        if (downloads === undefined || !(error instanceof WorkError)) throw error;
        const name = wish.name ?? "tofu";
        const version = await install(downloads.from, name, wish.version);
        const engine: Engine = { name, version, path: join(downloads.directory, name, version, name) };
        if (!engines.some((one) => one.path === engine.path)) engines.push(engine);
        return engine;
      }
    },
  };
}

async function install(from: EngineDownloads, name: EngineName, version: string | null): Promise<string> {
  try {
    return await from.install(name, version);
  } catch (error) {
    if (error instanceof WorkError) throw error;
    const reason = error instanceof DownloadRefused ? error.message : `The download failed: ${String(error)}.`;
    throw new WorkError(`This runner has no ${name} ${version ?? ""} and could not get one. ${reason}`, {
      cause: error,
    });
  }
}
