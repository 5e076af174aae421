import type { Db, Tx } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import { searchState } from "./find-references.ts";
import { replaceImageUses } from "./image-use-store.ts";
import type { FindTrackedImages } from "./tracked-image.ts";

export interface ExtractImageUsesDeps {
  readonly db: Db;
  readonly now: Clock;
  readonly logger: Logger;
  readonly findTrackedImages: FindTrackedImages;
  /** Undefined when the state version is gone. */
  readonly readState: (
    stateVersionId: string,
  ) => Promise<
    { readonly organizationId: string; readonly workspaceId: string; readonly bytes: Uint8Array } | undefined
  >;
  /** Whether it is still the workspace's newest; locks the workspace until the transaction ends. */
  readonly lockIfCurrent: (tx: Tx, workspaceId: string, stateVersionId: string) => Promise<boolean>;
}

/**
 * Reads the images out of a state version and makes them the workspace's uses. Repeatable; an older state version that is
 * handled after a newer one changes nothing. A state that cannot be read (OpenTofu can encrypt it) leaves the uses as
 * they were: no answer is not "no uses". Returns the workspace whose uses it has replaced.
 */
export async function extractImageUses(
  deps: ExtractImageUsesDeps,
  stateVersionId: string,
): Promise<{ readonly id: string; readonly organizationId: string } | undefined> {
  const state = await deps.readState(stateVersionId);
  if (state === undefined) return undefined;
  const search = searchState(state.bytes);
  if (search === undefined) {
    deps.logger.warn({ stateVersionId }, "image uses: the state cannot be read; the uses known before are kept");
    return undefined;
  }
  const images = await deps.findTrackedImages(state.organizationId, [...search.identifiers]);
  const references = search.references((identifier) => images.has(identifier));
  return deps.db.transaction().execute(async (tx) => {
    if (!(await deps.lockIfCurrent(tx, state.workspaceId, stateVersionId))) return undefined;
    await replaceImageUses(
      tx,
      { organizationId: state.organizationId, workspaceId: state.workspaceId, stateVersionId, references, images },
      deps.now(),
    );
    return { id: state.workspaceId, organizationId: state.organizationId };
  });
}
