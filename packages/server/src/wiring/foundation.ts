import type { AuditJournals } from "../features/audit/index.ts";
import type { ServerConfig } from "../config/server-config.ts";
import type { Db } from "../db/database.ts";
import type { JobHandler } from "../jobs/index.ts";
import type { BlobStore } from "../platform/blobs/blob-store.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { Mailer } from "../platform/mailer.ts";
import type { PageSigner } from "../platform/page-signer.ts";
import type { OutboundClient } from "../platform/outbound/index.ts";
import type { Sealer } from "../platform/sealing.ts";
import type { UrlSigner } from "../platform/url-signer.ts";
import type { Plane } from "../wire/shared/plane.ts";

/** Everything the parts are built from. Only the wiring sees it whole; each part is handed what it names. */
export interface Foundation {
  readonly db: Db;
  readonly blobs: BlobStore;
  readonly sealer: Sealer;
  readonly signer: UrlSigner;
  readonly pageSigner: PageSigner;
  readonly now: Clock;
  readonly logger: Logger;
  readonly config: ServerConfig;
  /** The only way out to addresses that somebody has typed in. */
  readonly outbound: OutboundClient;
  /** Undefined when the operator has set no mail server. */
  readonly mailer: Mailer | undefined;
  /** How clients reach this server, without a trailing slash; known once it listens. */
  readonly publicUrl: () => string;
  /** What this server, and those that ended here before it, have begun and not recorded. */
  readonly auditJournals: AuditJournals;
  /** Tells the job worker that a transaction has just written a job. */
  readonly wakeJobs: () => void;
}

export interface Parts {
  readonly planes: readonly Plane[];
  readonly jobHandlers: Readonly<Record<string, JobHandler>>;
  /** Of jobs that wait for somebody else's machine: done by workers of their own, so that no other job waits behind them. */
  readonly waitingJobHandlers?: Readonly<Record<string, JobHandler>>;
  /** Of jobs that take minutes of this machine: done by one worker of its own, for the same reason. */
  readonly longJobHandlers?: Readonly<Record<string, JobHandler>>;
  /** Repeatable upkeep, called on every replica every few seconds; each call is short and safe to run twice. */
  readonly sweeps: readonly { readonly name: string; readonly everyMs: number; run(): Promise<void> }[];
}
