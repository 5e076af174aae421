import type { Db } from "../../db/database.ts";
import type { Actor } from "../../features/access/index.ts";
import type { CreateBucketDeps } from "../../features/buckets/index.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import type { Clock } from "../../platform/clock.ts";
import type { HclReader } from "../../platform/hcl/index.ts";
import type { PageSigner } from "../../platform/page-signer.ts";
import type { Sealer } from "../../platform/sealing.ts";
import type { UrlSigner } from "../../platform/url-signer.ts";

/** What a run was told when it asked for a channel. */
export interface ChannelRead {
  readonly channelId: string;
  readonly bucketName: string;
  readonly channelName: string;
  /** Null: the channel pointed at nothing. */
  readonly versionId: string | null;
}

export interface HcpPackerDeps {
  readonly db: Db;
  readonly now: Clock;
  readonly pageSigner: PageSigner;
  readonly blobs: BlobStore;
  readonly signer: UrlSigner;
  readonly publicUrl: () => string;
  readonly wakeJobs: () => void;
  readonly sealer: Sealer;
  readonly openLatestChannel: CreateBucketDeps["openLatestChannel"];
  readonly readHcl: HclReader;
  /** Told whenever a run reads a channel, before the answer leaves: that is how a workspace becomes a follower. */
  readonly noteChannelRead?: (actor: Actor, read: ChannelRead) => Promise<void>;
}
