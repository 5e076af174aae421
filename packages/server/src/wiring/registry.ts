import type { TokenIssuer } from "../features/run-identity/index.ts";
import { deleteExpiredTokens, grantRole, may } from "../features/access/index.ts";
import { cancelSilentBuilds, findReplacementVersion, findTrackedImages } from "../features/builds/index.ts";
import { openLatestChannel } from "../features/channels/index.ts";
import { forgetOldTraces } from "../features/enforced-blocks/index.ts";
import type { CreateProjectDeps } from "../features/projects/index.ts";
import {
  answerRunTaskCall,
  answerRunTaskJob,
  deleteCallsBefore,
  type AnswerRunTask,
} from "../features/registry-run-tasks/index.ts";
import { createPackageSweep, removeLeftDocuments } from "../features/sboms/index.ts";
import { createHclReader } from "../platform/hcl/index.ts";
import { createHcpAuthPlane } from "../wire/hcp-auth/index.ts";
import { createDownloadPlane, createHcpPackerPlane, type HcpPackerDeps } from "../wire/hcp-packer/index.ts";
import { createHcpResourceManagerPlane } from "../wire/hcp-resource-manager/index.ts";
import { createHcpWebhookPlane } from "../wire/hcp-webhook/index.ts";
import { createRunTaskPlane } from "../wire/registry-run-task/index.ts";
import type { TokenLimits } from "../wire/shared/token-limits.ts";
import type { Foundation, Parts } from "./foundation.ts";
import { wireIam } from "./iam.ts";

// No service asks again for a result this old; until then it is not answered twice.
const runTaskCallsKeptMs = 7 * 86_400_000;

/** What other features are told by the registry. */
export type RegistryListeners = Pick<HcpPackerDeps, "noteChannelRead">;

/** The image registry and the HCP planes. */
export function wireRegistry(
  foundation: Foundation,
  { issuer, tokenLimits }: { readonly issuer: TokenIssuer; readonly tokenLimits: TokenLimits },
  listeners: RegistryListeners = {},
): Parts {
  const { db, blobs, now, wakeJobs, pageSigner, signer, publicUrl, sealer, outbound, logger, config } = foundation;
  const runTaskHosts = config["run-task-hosts"];
  return {
    planes: [
      createHcpAuthPlane({ db, now, tokenLimits }),
      createHcpResourceManagerPlane({ db, now, pageSigner, noteProjectCreated: makeAdministrator }),
      wireIam(foundation, tokenLimits, issuer),
      createHcpWebhookPlane({ db, now, pageSigner, sealer, outbound }),
      createRunTaskPlane({ db, now, sealer, wakeJobs, hosts: runTaskHosts }),
      createHcpPackerPlane({
        db,
        blobs,
        now,
        pageSigner,
        signer,
        publicUrl,
        wakeJobs,
        sealer,
        openLatestChannel,
        readHcl: createHclReader(),
        ...listeners,
      }),
      createDownloadPlane({ db, blobs, signer, publicUrl }),
    ],
    jobHandlers: {},
    waitingJobHandlers: {
      [answerRunTaskJob]: (job) =>
        answerRunTaskCall(
          {
            db,
            now,
            sealer,
            outbound,
            logger,
            hosts: runTaskHosts,
            registryUrl: () => `${publicUrl()}/app/images`,
            findTrackedImages: (projectId, identifiers) => findTrackedImages(db, { projectId, identifiers }),
            findReplacement: async (bucketId) => {
              const version = await findReplacementVersion(db, { bucketId }, now());
              return version && { versionName: version.name };
            },
          },
          (job.payload as AnswerRunTask).callId,
          { isLast: job.attempts >= job.attemptsMax },
        ),
    },
    sweeps: [
      { name: "silent builds", everyMs: 15_000, run: async () => void (await cancelSilentBuilds(db, now())) },
      { name: "left sboms", everyMs: 60_000, run: () => removeLeftDocuments({ db, blobs, now }) },
      { name: "unnamed packages", everyMs: 60_000, run: createPackageSweep({ db, now }) },
      { name: "old packer runs", everyMs: 3_600_000, run: () => forgetOldTraces(db, now()) },
      { name: "old run tasks", everyMs: 3_600_000, run: () => deleteCallsBefore(db, now() - runTaskCallsKeptMs) },
      { name: "expired tokens", everyMs: 600_000, run: () => deleteExpiredTokens(db, now()) },
    ],
  };
}

/** Whoever makes a project administers it. One who administers the organization does already. */
const makeAdministrator: NonNullable<CreateProjectDeps["noteProjectCreated"]> = async (tx, actor, project) => {
  const place = { organizationId: project.organizationId, projectId: project.id };
  if (may(actor, "policy:write", place)) return;
  await grantRole(tx, { kind: "project", ...place }, "admin", { principalId: actor.id });
};
