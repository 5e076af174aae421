import type { RunDeps } from "../runs/index.ts";
import type { TokenIssuer } from "../run-identity/index.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import type { Bell } from "../../platform/bell.ts";
import type { UrlSigner } from "../../platform/url-signer.ts";

/** What the check between plan and apply is asked, and what it answers. It throws when it cannot tell. */
export type CheckImages = (input: {
  readonly organizationId: string;
  readonly projectId: string;
  readonly workspaceId: string;
  readonly runId: string;
  readonly planJson: unknown;
}) => Promise<{
  readonly passed: boolean;
  /** For the end of the plan's log; may be empty. */
  readonly text: string;
}>;

export interface RunnerDeps extends RunDeps {
  readonly blobs: BlobStore;
  readonly signer: UrlSigner;
  readonly publicUrl: () => string;
  readonly archiveBytesMax: number;
  readonly issuer: TokenIssuer;
  readonly checkImages: CheckImages;
  /** Rings, with the id of the phase, when a log has grown or was closed. */
  readonly logs: Bell;
}

/** A runner that is silent for longer has lost its phase. */
export const leaseSeconds = 20;
export const heartbeatSeconds = 3;

// Long applies of large fleets take hours; a hung engine must end some time.
export const phaseTimeoutSeconds = 4 * 3600;

/** For what a phase still has to say when its time is up. */
export const phaseSlackSeconds = 900;
