import type { Db } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { recordServerAct } from "../audit/index.ts";
import { cancelBuildsSilentSince, listBuildPlaces } from "./build-store.ts";

// Packer beats every two minutes: two missed beats and some slack. Source: packer, internal/hcp/registry/types.bucket.go.
const silenceMsMax = 5 * 60_000;
const buildsPerCall = 200;

/**
 * Cancels builds whose Packer fell silent: it was killed, or lost its network, and says nothing any more. Should it come
 * back, its next word starts the build again. Safe to call from several replicas. Returns how many were cancelled.
 */
export async function cancelSilentBuilds(db: Db, now: Millis): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const ids = await cancelBuildsSilentSince(tx, now - silenceMsMax, { limit: buildsPerCall, now });
    for (const build of ids.length === 0 ? [] : await listBuildPlaces(tx, ids)) {
      await recordServerAct(
        tx,
        {
          organizationId: build.organization_id,
          projectId: build.project_id,
          action: "build.cancel-silent",
          resource: { kind: "build", id: build.id, name: build.component_type },
          detail: { bucket: build.bucket, fingerprint: build.fingerprint },
        },
        now,
      );
    }
    return ids.length;
  });
}
