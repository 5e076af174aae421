import { Type } from "typebox";
import { getRegistry } from "../../features/buckets/index.ts";
import {
  findRunTask,
  getRunTask,
  regenerateHmacKey,
  setUntrackedBehaviour,
  type RunTask,
  type UntrackedBehaviour,
} from "../../features/registry-run-tasks/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Route } from "../shared/plane.ts";
import { given, textGiven } from "../shared/rpc-body.ts";
import { operation } from "./operation.ts";
import type { HcpPackerDeps } from "./packer-deps.ts";
import { parseWord } from "./wire-words.ts";

const behaviourWords: Record<UntrackedBehaviour, string> = { unset: "UNSET", fail: "FAIL", warn: "WARN" };

/** How the registry's run task is set up. What it is called at is a plane of its own. */
export function runTaskRoutes(deps: HcpPackerDeps): Route[] {
  return [
    operation({
      name: "GetRunTaskConfig",
      method: "GET",
      path: "/runtasks/config",
      needs: "registry:read",
      async handle({ actor, place }) {
        const { projectId } = await getRegistry(deps, actor, place);
        const runTask = await findRunTask(deps.db, deps.sealer, projectId);
        return { on_untracked_image: behaviourWords[runTask?.onUntrackedImage ?? "unset"] };
      },
    }),

    operation({
      name: "UpdateRunTaskConfig",
      method: "PATCH",
      path: "/runtasks/config",
      needs: "registry:admin",
      body: Type.Object({ on_untracked_image: given(Type.String()) }),
      async handle({ actor, place, body }) {
        const word = textGiven(body.on_untracked_image) ?? "UNSET";
        const behaviour = parseWord(behaviourWords, "on_untracked_image", word);
        const runTask = await setUntrackedBehaviour(deps, actor, place, behaviour);
        return { on_untracked_image: behaviourWords[runTask.onUntrackedImage] };
      },
    }),

    operation({
      name: "RegenerateTFCRunTaskHmacKey",
      method: "PATCH",
      path: "/runtasks/hmac",
      needs: "registry:admin",
      body: Type.Object({}),
      async handle({ actor, place }) {
        return { hmac_key: (await regenerateHmacKey(deps, actor, place)).hmacKey };
      },
    }),

    operation({
      name: "GetRegistryTFCRunTaskAPI",
      method: "GET",
      path: "/runtasks/:task_type",
      // The answer holds the key that run tasks are signed with.
      needs: "registry:admin",
      async handle({ actor, place, params }) {
        const type = params["task_type"] ?? "";
        await getRegistry(deps, actor, place);
        if (type !== "validation") {
          throw new DomainError(
            "not_found",
            "run_task_not_found",
            `There is no run task of the type ${JSON.stringify(type.slice(0, 60))}; there is "validation".`,
          );
        }
        const runTask = await getRunTask(deps, actor, place);
        return {
          api_url: `${deps.publicUrl()}/packer/run-tasks/${runTask.apiId}/validation`,
          hmac_key: runTask.hmacKey,
        };
      },
    }),
  ];
}

/** The member of the registry's configuration; the key is shown to administrators only, and where they ask for it. */
export function presentRunTask(runTask: RunTask | undefined) {
  if (runTask === undefined) return {};
  return {
    tfc_run_task_config: { api_id: runTask.apiId, on_untracked_image: behaviourWords[runTask.onUntrackedImage] },
  };
}
