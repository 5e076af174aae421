import { recordChannelRead } from "../../features/followers/index.ts";
import type { DatabaseUnderTest } from "../../testing/databases.ts";
import { aState, TfeFixture } from "../../testing/tfe-fixture.ts";
import { startRegistry, type RegistryUnderTest } from "../../wire/hcp-packer/testing/registry-under-test.ts";

export interface ConsoleAnswer {
  readonly status: number;
  readonly json: any;
  readonly text: string;
}

/** A registry and its consumers on one server, whose clock moves only by hand. */
export class LoopFixture {
  readonly registry: RegistryUnderTest;
  readonly tfe: TfeFixture;
  #serial = 0;

  private constructor(registry: RegistryUnderTest) {
    this.registry = registry;
    this.tfe = new TfeFixture(registry.server);
  }

  static async start(kind: DatabaseUnderTest): Promise<LoopFixture> {
    return new LoopFixture(await startRegistry(kind));
  }

  /** A call of Ingot's own API; `path` is relative to `/api/v1`. */
  async console(
    method: string,
    path: string,
    options: { readonly as?: string; readonly body?: unknown } = {},
  ): Promise<ConsoleAnswer> {
    return this.registry.server.fetch(`/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${options.as ?? this.registry.tokens.contributor}`,
        ...(options.body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
  }

  /** A read that must succeed. */
  async read(path: string, as?: string): Promise<any> {
    const answer = await this.console("GET", path, as === undefined ? {} : { as });
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  /** A version whose one artifact is named `sha256:<bucket>-<fingerprint>`, and nothing else. Returns that identifier. */
  async publish(bucket: string, fingerprint: string, parentVersionId?: string): Promise<string> {
    const identifier = `sha256:${bucket}-${fingerprint}`;
    await this.registry.publish(bucket, fingerprint, [
      {
        platform: "oci",
        artifacts: [{ external_identifier: identifier, region: "local" }],
        ...(parentVersionId === undefined ? {} : { parent_version_id: parentVersionId }),
      },
    ]);
    return identifier;
  }

  async version(bucket: string, fingerprint: string): Promise<any> {
    return (await this.registry.expect("GET", `/buckets/${bucket}/versions/${fingerprint}`)).version;
  }

  async promote(bucket: string, fingerprint: string, channel = "production"): Promise<void> {
    await this.registry.call("POST", `/buckets/${bucket}/channels`, { body: { name: channel } });
    await this.registry.expect("PATCH", `/buckets/${bucket}/channels/${channel}`, {
      body: { version_fingerprint: fingerprint, update_mask: "versionFingerprint" },
    });
  }

  async revoke(bucket: string, fingerprint: string, more: Record<string, unknown> = {}): Promise<void> {
    await this.registry.expect("PATCH", `/buckets/${bucket}/versions/${fingerprint}`, {
      body: { revoke_in: "0s", revocation_message: "CVE-1", ...more },
    });
    await this.registry.server.settle();
  }

  async restore(bucket: string, fingerprint: string): Promise<void> {
    await this.registry.expect("PATCH", `/buckets/${bucket}/versions/${fingerprint}`, { body: { restore: true } });
    await this.registry.server.settle();
  }

  /** Makes the workspace run one machine of each of these images, without a run. */
  async runImages(workspaceId: string, ...images: string[]): Promise<void> {
    await this.tfe.storeState(workspaceId, machines(++this.#serial, ...images));
    await this.registry.server.settle();
  }

  /** As if a run of the workspace had read the channel now. */
  async follow(workspaceId: string, bucket: string, channel = "production"): Promise<void> {
    const { db } = this.registry.server;
    const found = await db
      .selectFrom("channels")
      .innerJoin("buckets", "buckets.id", "channels.bucket_id")
      .select(["channels.id", "channels.version_id"])
      .where("buckets.name", "=", bucket)
      .where("channels.name", "=", channel)
      .executeTakeFirstOrThrow();
    await recordChannelRead(
      db,
      { workspaceId, channelId: found.id, versionId: found.version_id, runId: "run-test" },
      this.registry.clock.now,
    );
  }

  /** A bucket with v1 on `production`, and a workspace that has read the channel and runs v1. */
  async followerOf(
    bucket: string,
    workspaceName: string,
  ): Promise<{ readonly image: string; readonly workspace: { readonly id: string } }> {
    const image = await this.publish(bucket, "one");
    await this.promote(bucket, "one");
    const workspace = await this.tfe.createWorkspace(workspaceName);
    await this.follow(workspace.id, bucket);
    await this.runImages(workspace.id, image);
    return { image, workspace };
  }

  close(): Promise<void> {
    return this.registry.close();
  }
}

/** A state with one machine of each image. */
export function machines(serial: number, ...images: string[]): Buffer {
  const instances = images.map((image, index) => ({ index_key: index, attributes: { id: `m-${index}`, image } }));
  return aState(serial, { resources: [{ mode: "managed", type: "devcloud_machine", name: "web", instances }] });
}
