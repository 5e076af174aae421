import { DomainError } from "../../platform/errors.ts";
import type { Actor } from "../access/index.ts";
import type { VersionRef } from "../revocation/index.ts";
import { versionName } from "../versions/index.ts";
import { parseComponentType, type Build, type BuildChange } from "./build.ts";
import { countBuilds, getBuild, insertBuild } from "./build-store.ts";
import { applyChange, checkChange, lockReach, type BuildDeps } from "./update-build.ts";

/**
 * Of one version. All of them come in one answer, since Packer asks for no second page. Source: packer,
 * internal/hcp/api/service_build.go.
 */
export const buildsMax = 500;

/**
 * Adds a component to an incomplete version, with anything that is known of it already. Errors:
 * not_found/bucket_not_found, not_found/version_not_found, precondition/version_complete, precondition/too_many_builds,
 * conflict/build_exists, invalid/component_type, invalid/source_without_parent, and those of updateBuild.
 */
export async function createBuild(
  deps: BuildDeps,
  actor: Actor,
  ref: VersionRef,
  content: BuildChange & { readonly componentType: string },
): Promise<Build> {
  const { componentType: component, ...given } = content;
  const componentType = parseComponentType(component);
  const change = checkChange(given);
  if (change.sourceExternalIdentifier !== undefined && change.parentVersionId === undefined) {
    throw new DomainError(
      "invalid",
      "source_without_parent",
      "A build with a source external identifier needs the parent version it belongs to.",
    );
  }
  const now = deps.now();
  let wroteJob = false;
  const build = await deps.db.transaction().execute(async (tx) => {
    const family = await lockReach(tx, actor, ref, change);
    const { version } = family;
    if (version.number !== null) {
      throw new DomainError(
        "precondition",
        "version_complete",
        `The version ${versionName(version.number)} (fingerprint ${version.fingerprint}) is complete; no build can be added. Build again with another fingerprint.`,
      );
    }
    const buildId = await insertBuild(tx, { versionId: version.id, componentType }, now);
    if (buildId === undefined) {
      throw new DomainError(
        "conflict",
        "build_exists",
        `The build for the component ${componentType} already exists in the version with fingerprint ${version.fingerprint}.`,
      );
    }
    if ((await countBuilds(tx, version.id)).total > buildsMax) {
      throw new DomainError("precondition", "too_many_builds", `A version has at most ${buildsMax} builds.`);
    }
    const blank = await getBuild(tx, { versionId: version.id, buildId });
    wroteJob = await applyChange(tx, actor, family, blank, change, now);
    return getBuild(tx, { versionId: version.id, buildId });
  });
  if (wroteJob) deps.wakeJobs();
  return build;
}
