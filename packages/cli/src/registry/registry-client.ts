import { CommandError } from "../command-line/command.ts";
import type { Connection } from "../connection/connection.ts";
import type { HttpAnswer, HttpClient } from "../connection/http-client.ts";
import { createTokenSource } from "./token-source.ts";
import type {
  BucketRelation,
  BuildStatus,
  BuildUpdate,
  EnforcedBlock,
  RegistryBucket,
  RegistryBuild,
  RegistryChannel,
  RegistryVersion,
  SbomUpload,
  TemplateType,
} from "./registry-types.ts";

/** google.rpc codes that the callers of the registry tell apart. */
export const rpc = { notFound: 5, alreadyExists: 6, aborted: 10, unimplemented: 12 } as const;

/** The registry refused an operation. */
export class RegistryError extends CommandError {
  readonly operation: string;
  readonly status: number;
  /** The numeric code in the body, which alone counts for stock clients; undefined when the body had none. */
  readonly code: number | undefined;

  constructor(operation: string, answer: HttpAnswer) {
    const body = (answer.json ?? {}) as { code?: unknown; message?: unknown };
    const code = typeof body.code === "number" ? body.code : undefined;
    const message = typeof body.message === "string" ? body.message : answer.text.slice(0, 200);
    super(
      `The registry refused ${operation} (HTTP ${answer.status}${code === undefined ? "" : `, code ${code}`}): ${message}`,
    );
    this.operation = operation;
    this.status = answer.status;
    this.code = code;
  }
}

interface VersionPage {
  readonly versions?: readonly RegistryVersion[] | null;
  readonly pagination?: { readonly next_page_token?: string } | null;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export type RegistryClient = ReturnType<typeof createRegistryClient>;

/**
 * The operations of the registry, one project, as one service principal: paths, bodies and codes as stock Packer has them,
 * and like it without retries. Every method throws RegistryError when the answer is not 200.
 */
export function createRegistryClient(http: HttpClient, connection: Connection) {
  const base = `${connection.url}/packer/2023-01-01/organizations/${connection.organizationId}/projects/${connection.projectId}`;
  const token = createTokenSource(http, connection);

  async function call<T>(operation: string, method: Method, path: string, body?: unknown): Promise<T> {
    const answer = await http.send(base + path, {
      method,
      headers: {
        authorization: `Bearer ${await token()}`,
        accept: "application/json",
        "content-type": "application/json",
        "x-hcp-source-channel": "ingot",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // Only 200 is success for the generated clients. Source: hcp-sdk-go packer_service_responses.go.
    if (answer.status !== 200 || typeof answer.json !== "object" || answer.json === null) {
      throw new RegistryError(operation, answer);
    }
    return answer.json as T;
  }

  const bucketPath = (bucket: string): string => `/buckets/${encodeURIComponent(bucket)}`;
  const versionPath = (bucket: string, fingerprint: string): string =>
    `${bucketPath(bucket)}/versions/${encodeURIComponent(fingerprint)}`;
  const channelPath = (bucket: string, channel: string): string =>
    `${bucketPath(bucket)}/channels/${encodeURIComponent(channel)}`;

  return {
    getBucket: async (bucket: string) =>
      (await call<{ bucket: RegistryBucket }>("GetBucket", "GET", bucketPath(bucket))).bucket,

    createBucket: async (bucket: { name: string; description: string; labels: Readonly<Record<string, string>> }) =>
      (await call<{ bucket: RegistryBucket }>("CreateBucket", "PUT", "/buckets", bucket)).bucket,

    updateBucket: async (bucket: string, change: { description?: string; labels?: Readonly<Record<string, string>> }) =>
      (
        await call<{ bucket: RegistryBucket }>("UpdateBucket", "PATCH", bucketPath(bucket), {
          ...change,
          platforms: null,
        })
      ).bucket,

    listBucketAncestry: async (bucket: string) =>
      (
        await call<{ relations?: BucketRelation[] | null }>(
          "ListBucketAncestry",
          "GET",
          `${bucketPath(bucket)}/ancestry`,
        )
      ).relations ?? [],

    getVersion: async (bucket: string, fingerprint: string) =>
      (await call<{ version: RegistryVersion }>("GetVersion", "GET", versionPath(bucket, fingerprint))).version,

    /** Newest first, every page. */
    async *listVersions(bucket: string): AsyncGenerator<RegistryVersion> {
      let next = "";
      do {
        const query = next === "" ? "" : `?pagination.next_page_token=${encodeURIComponent(next)}`;
        const page: VersionPage = await call("ListVersions", "GET", `${bucketPath(bucket)}/versions${query}`);
        yield* page.versions ?? [];
        next = page.pagination?.next_page_token ?? "";
      } while (next !== "");
    },

    createVersion: async (bucket: string, version: { fingerprint: string; template_type: TemplateType }) =>
      (await call<{ version: RegistryVersion }>("CreateVersion", "POST", `${bucketPath(bucket)}/versions`, version))
        .version,

    updateVersion: async (
      bucket: string,
      fingerprint: string,
      change: { revoke_in?: string; revoke_at?: string; revocation_message?: string; restore?: boolean },
    ) =>
      (await call<{ version: RegistryVersion }>("UpdateVersion", "PATCH", versionPath(bucket, fingerprint), change))
        .version,

    listBuilds: async (bucket: string, fingerprint: string) =>
      (
        await call<{ builds?: RegistryBuild[] | null }>(
          "ListBuilds",
          "GET",
          `${versionPath(bucket, fingerprint)}/builds`,
        )
      ).builds ?? [],

    createBuild: async (
      bucket: string,
      fingerprint: string,
      build: { component_type: string; packer_run_uuid: string; status: BuildStatus; artifacts: null },
    ) =>
      (await call<{ build: RegistryBuild }>("CreateBuild", "POST", `${versionPath(bucket, fingerprint)}/builds`, build))
        .build,

    updateBuild: async (bucket: string, fingerprint: string, buildId: string, change: BuildUpdate) =>
      (
        await call<{ build: RegistryBuild }>(
          "UpdateBuild",
          "PATCH",
          `${versionPath(bucket, fingerprint)}/builds/${encodeURIComponent(buildId)}`,
          change,
        )
      ).build,

    uploadSbom: async (bucket: string, fingerprint: string, buildId: string, sbom: SbomUpload) =>
      (
        await call<{ sbom: { readonly name: string } }>(
          "UploadSbom",
          "PUT",
          `${versionPath(bucket, fingerprint)}/builds/${encodeURIComponent(buildId)}/sboms`,
          sbom,
        )
      ).sbom,

    getEnforcedBlocksByBucket: async (bucket: string) =>
      (
        await call<{ enforced_block_detail?: EnforcedBlock[] | null }>(
          "GetEnforcedBlocksByBucket",
          "GET",
          `/enforced_blocks/bucket/${encodeURIComponent(bucket)}`,
        )
      ).enforced_block_detail ?? [],

    getChannel: async (bucket: string, channel: string) =>
      (await call<{ channel: RegistryChannel }>("GetChannel", "GET", channelPath(bucket, channel))).channel,

    createChannel: async (bucket: string, channel: { name: string; version_fingerprint?: string }) =>
      (await call<{ channel: RegistryChannel }>("CreateChannel", "POST", `${bucketPath(bucket)}/channels`, channel))
        .channel,

    assignChannel: async (bucket: string, channel: string, fingerprint: string) =>
      (
        await call<{ channel: RegistryChannel }>("UpdateChannel", "PATCH", channelPath(bucket, channel), {
          version_fingerprint: fingerprint,
          update_mask: "versionFingerprint",
        })
      ).channel,
  };
}
