import { join } from "node:path";
import {
  importAdvisories,
  importAdvisoriesJob,
  removeLeftArchive,
  removeLeftArchiveJob,
  rescanEcosystem,
  rescanEcosystemJob,
  scanSbom,
  scanSbomJob,
  type AdvisoryImportDeps,
  type RescanEcosystem,
} from "../features/vulnerabilities/index.ts";
import type { Foundation, Parts } from "./foundation.ts";

// Ubuntu's archive, the largest, has some hundred megabytes.
const archiveBytesMax = 4 * 2 ** 30;

/** Archives of advisories, and what they say about the packages of images. */
export function wireVulnerabilities(foundation: Foundation): {
  readonly longJobHandlers: NonNullable<Parts["longJobHandlers"]>;
  readonly deps: AdvisoryImportDeps;
} {
  const { db, blobs, now, wakeJobs, config } = foundation;
  const scratchDirectory = join(config["data-dir"], "scratch");
  const deps: AdvisoryImportDeps = { db, blobs, now, wakeJobs, scratchDirectory, archiveBytesMax };
  return {
    longJobHandlers: {
      [importAdvisoriesJob]: (job) => importAdvisories(deps, (job.payload as { importId: string }).importId),
      [removeLeftArchiveJob]: (job) => removeLeftArchive(deps, (job.payload as { importId: string }).importId),
      [rescanEcosystemJob]: (job) => rescanEcosystem(deps, job.payload as RescanEcosystem),
      [scanSbomJob]: (job) => scanSbom(deps, (job.payload as { sbomId: string }).sbomId),
    },
    deps,
  };
}
