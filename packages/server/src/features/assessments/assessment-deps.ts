import type { TokenIssuer } from "../run-identity/index.ts";
import type { Db } from "../../db/database.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Sealer } from "../../platform/sealing.ts";
import type { UrlSigner } from "../../platform/url-signer.ts";

export interface AssessmentDeps {
  readonly db: Db;
  readonly blobs: BlobStore;
  readonly sealer: Sealer;
  readonly signer: UrlSigner;
  readonly now: Clock;
  readonly publicUrl: () => string;
  readonly archiveBytesMax: number;
  readonly issuer: TokenIssuer;
  /** Tells waiting runners that there may be work. */
  readonly wakeRunners: () => void;
  /** Tells the job worker that a job may have been written. */
  readonly wakeJobs: () => void;
  /** Between two assessments of a workspace on the schedule. */
  readonly intervalMs: number;
  /** Of one organization at the same time. */
  readonly parallelMax: number;
}

/** A longer one hangs. */
export const assessmentTimeoutSeconds = 3600;

/** What is kept of a workspace. */
export const historyMax = 100;
