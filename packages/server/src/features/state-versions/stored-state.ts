import { enqueueJob } from "../../jobs/index.ts";
import { setCurrentStateVersion } from "../workspaces/index.ts";
import type { Tx } from "../../db/database.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import type { Millis } from "../../platform/clock.ts";
import { newUlid } from "../../platform/ids.ts";
import type { Sealer } from "../../platform/sealing.ts";
import { md5Of, parseState, sha256Of, type StateFacts, type StateOutput } from "./state-file.ts";
import { replaceOutputs, updateStateVersion } from "./state-version-store.ts";
import type { StateVersion } from "./state-version.ts";

/** A state whose sealed bytes are in the blob store, though no row names them yet. */
export interface StoredState {
  readonly key: string;
  readonly bytes: number;
  readonly md5: string;
  readonly sha256: string;
  /** Undefined: not a state that the server understands. */
  readonly facts: StateFacts | undefined;
}

/** The digest is of the clear bytes; the blob is sealed. To be called before the transaction that uses it. */
export async function storeState(
  deps: { readonly blobs: BlobStore; readonly sealer: Sealer },
  workspaceId: string,
  bytes: Uint8Array,
): Promise<StoredState> {
  const key = `states/${workspaceId}/${newUlid()}`;
  await deps.blobs.put(key, deps.sealer.seal(bytes, sealingContext(key)));
  return { key, bytes: bytes.byteLength, md5: md5Of(bytes), sha256: sha256Of(bytes), facts: parseState(bytes) };
}

/** A sealed state opens only under the key it was stored with. */
export function sealingContext(key: string): string {
  return `state:${key}`;
}

/**
 * Gives the state version its bytes and makes it the workspace's current state. Its image uses and resources are read
 * from it by jobs of the same transaction, once for each content. The caller has locked the workspace.
 */
export async function attachState(
  tx: Tx,
  sealer: Sealer,
  version: StateVersion,
  state: StoredState,
  outputs: readonly StateOutput[],
  now: Millis,
): Promise<StateVersion> {
  const next: StateVersion = {
    ...version,
    status: "finalized",
    md5: state.md5,
    engineVersion: state.facts?.engineVersion ?? version.engineVersion,
    resourceCount: state.facts?.resourceCount ?? 0,
    blobKey: state.key,
    blobBytes: state.bytes,
    sealedOutputs: null,
    finalizedAt: now,
  };
  await updateStateVersion(tx, next);
  await replaceOutputs(tx, sealer, version.id, outputs);
  // Of a state that is encrypted nobody knows what it holds.
  const isEmpty = state.facts !== undefined && state.facts.outputs !== null && state.facts.resourceCount === 0;
  await setCurrentStateVersion(tx, version.workspaceId, { stateVersionId: version.id, isEmpty }, now);
  for (const kind of ["extract-image-uses", "extract-resources"]) {
    const uniqueKey = `${version.id}:${state.sha256}`;
    await enqueueJob(tx, { kind, payload: { stateVersionId: version.id }, uniqueKey }, now);
  }
  return next;
}
