import type { RegistryClient } from "./registry-client.ts";
import type { BuildStatus, RegistryArtifact, RegistryBuild } from "./registry-types.ts";

// Source: packer internal/hcp/registry/types.bucket.go, HeartbeatPeriod.
const heartbeatDefaultMs = 120_000;

/** What a finished build tells the registry. */
interface FinishedBuild {
  readonly platform: string;
  readonly artifacts: readonly RegistryArtifact[];
  readonly labels: Readonly<Record<string, string>>;
  readonly sourceExternalIdentifier?: string;
  /** What it was built from, when the registry knows it, and through which channel. */
  readonly parent?: { readonly versionId: string; readonly channelId?: string | undefined };
  /** Free-form objects `packer`, `vcs` and `cicd`. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** One build of a version, on its way from registered to final. */
export interface BuildReport {
  readonly component: string;
  readonly id: string;
  /** BUILD_RUNNING now, and again every two minutes so that the server knows that somebody is at work. */
  begin(): Promise<void>;
  /** BUILD_DONE; when the registry refuses it, BUILD_FAILED is sent and the refusal thrown. */
  complete(finished: FinishedBuild): Promise<void>;
  fail(): Promise<void>;
  cancel(): Promise<void>;
}

/** Reports one build with the calls of stock Packer. Source: packer internal/hcp/registry/types.bucket.go. */
export function reportBuild(options: {
  readonly registry: RegistryClient;
  /** The version it belongs to, and the run that makes it. */
  readonly toPublish: { readonly bucket: string; readonly fingerprint: string; readonly runId: string };
  readonly build: RegistryBuild;
  readonly heartbeatMs?: number;
  readonly onHeartbeatError?: (error: unknown) => void;
}): BuildReport {
  const { registry, build } = options;
  const { bucket, fingerprint, runId } = options.toPublish;
  const setStatus = async (status: BuildStatus): Promise<void> => {
    await registry.updateBuild(bucket, fingerprint, build.id, { status, packer_run_uuid: runId, artifacts: null });
  };
  let timer: NodeJS.Timeout | undefined;
  let beat: Promise<void> = Promise.resolve();
  const stopHeart = async (): Promise<void> => {
    clearInterval(timer);
    // A beat on its way would otherwise put a finished build back to running.
    await beat;
  };
  const end = async (status: BuildStatus): Promise<void> => {
    await stopHeart();
    await setStatus(status);
  };
  return {
    component: build.component_type,
    id: build.id,
    async begin() {
      await setStatus("BUILD_RUNNING");
      timer = setInterval(() => {
        beat = setStatus("BUILD_RUNNING").catch((error: unknown) => options.onHeartbeatError?.(error));
      }, options.heartbeatMs ?? heartbeatDefaultMs);
    },
    async complete(finished) {
      await stopHeart();
      try {
        await registry.updateBuild(bucket, fingerprint, build.id, {
          status: "BUILD_DONE",
          packer_run_uuid: runId,
          platform: finished.platform,
          labels: { ...build.labels, ...finished.labels },
          artifacts: finished.artifacts,
          ...(finished.sourceExternalIdentifier === undefined
            ? {}
            : { source_external_identifier: finished.sourceExternalIdentifier }),
          ...(finished.parent === undefined
            ? {}
            : {
                parent_version_id: finished.parent.versionId,
                ...(finished.parent.channelId === undefined ? {} : { parent_channel_id: finished.parent.channelId }),
              }),
          metadata: finished.metadata,
        });
      } catch (error) {
        await setStatus("BUILD_FAILED").catch(() => undefined);
        throw error;
      }
    },
    fail: () => end("BUILD_FAILED"),
    cancel: () => end("BUILD_CANCELLED"),
  };
}
