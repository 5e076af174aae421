import { Type } from "typebox";
import {
  createRegistry,
  deleteRegistry,
  getRegistry,
  updateRegistry,
  type FeatureTier,
  type Registry,
} from "../../features/buckets/index.ts";
import { findRunTask } from "../../features/registry-run-tasks/index.ts";
import type { Place } from "../../features/access/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import type { Route } from "../shared/plane.ts";
import { operation } from "./operation.ts";
import type { HcpPackerDeps } from "./packer-deps.ts";
import { presentLocation } from "./present-bucket.ts";
import { presentFinishedOperation } from "./present-operation.ts";
import { given, parseUpdateMask, textGiven } from "./request-body.ts";
import { presentRunTask } from "./run-task-routes.ts";
import { featureTierWords, parseWord } from "./wire-words.ts";

export function registryRoutes(deps: HcpPackerDeps): Route[] {
  return [
    operation({
      name: "GetRegistry",
      method: "GET",
      path: "/registry",
      needs: "registry:read",
      async handle({ actor, place }) {
        return { registry: await present(deps, await getRegistry(deps, actor, place), place) };
      },
    }),

    operation({
      name: "CreateRegistry",
      method: "PUT",
      path: "/registry",
      needs: "registry:admin",
      body: Type.Object({ feature_tier: given(Type.String()) }),
      async handle({ actor, place, body }) {
        const registry = await createRegistry(deps, actor, place, parseTier(body.feature_tier) ?? "plus");
        return {
          registry: await present(deps, registry, place),
          operation: presentFinishedOperation(place, deps.now()),
        };
      },
    }),

    operation({
      name: "UpdateRegistry",
      method: "PATCH",
      path: "/registry",
      needs: "registry:admin",
      body: Type.Object({
        feature_tier: given(Type.String()),
        activated: given(Type.Boolean()),
        update_mask: given(Type.String()),
      }),
      async handle({ actor, place, body }) {
        const mask = parseUpdateMask(textGiven(body.update_mask) ?? "", ["feature_tier", "activated"]);
        const featureTier = mask.has("feature_tier") ? parseTier(body.feature_tier) : undefined;
        const registry = await updateRegistry(deps, actor, place, {
          ...(featureTier === undefined ? {} : { featureTier }),
          ...(mask.has("activated") ? { activated: body.activated === true } : {}),
        });
        return {
          registry: await present(deps, registry, place),
          operation: presentFinishedOperation(place, deps.now()),
        };
      },
    }),

    operation({
      name: "DeleteRegistry",
      method: "DELETE",
      path: "/registry",
      needs: "registry:admin",
      async handle({ actor, place }) {
        const registry = await deleteRegistry(deps, actor, place);
        return {
          registry: await present(deps, registry, place),
          operation: presentFinishedOperation(place, deps.now()),
        };
      },
    }),
  ];
}

function parseTier(given: string | null | undefined): FeatureTier | undefined {
  const tier = textGiven(given);
  return tier === undefined || tier === "UNSET" ? undefined : parseWord(featureTierWords, "feature_tier", tier);
}

async function present(deps: HcpPackerDeps, registry: Registry, place: Place) {
  const runTask = await findRunTask(deps.db, deps.sealer, registry.projectId);
  return {
    id: registry.id,
    location: presentLocation(place),
    config: {
      feature_tier: featureTierWords[registry.featureTier],
      activated: registry.activated,
      ...presentRunTask(runTask),
    },
    created_at: toRfc3339(registry.createdAt),
    updated_at: toRfc3339(registry.updatedAt),
  };
}
