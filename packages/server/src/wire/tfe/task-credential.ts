import type { FastifyRequest } from "fastify";
import type { Actor } from "../../features/access/index.ts";
import { listPhases } from "../../features/runs/index.ts";
import { readTaskToken } from "../../features/task-stages/index.ts";
import { authenticateCaller, bearerToken } from "../shared/bearer.ts";
import type { TfeDeps } from "./tfe-deps.ts";

type Deps = Pick<TfeDeps, "db" | "sealer" | "signer" | "now">;
type Held = NonNullable<Awaited<ReturnType<typeof readTaskToken>>>;

const callback = "/api/v2/task-results/:callback_id/callback";

/**
 * How this plane finds its caller: people and programs as everywhere, and services that were asked about a run by the
 * credential that they were sent. That opens three routes, each for the one run that it is about, until the result is
 * final; on all others it is no credential.
 */
export function authenticateTfeCaller(deps: Deps) {
  const authenticate = authenticateCaller(deps);
  return async (request: FastifyRequest): Promise<Actor | undefined> => {
    const token = bearerToken(request);
    const held = token === undefined ? undefined : await readTaskToken(deps, token);
    if (held === undefined) return authenticate(request);
    return (await opens(deps, request, held)) ? taskActor(held) : undefined;
  };
}

async function opens(deps: Deps, request: FastifyRequest, { result, run, isOpen }: Held): Promise<boolean> {
  const params = request.params as Record<string, string>;
  switch (`${request.method} ${request.routeOptions.url ?? ""}`) {
    case `PATCH ${callback}`:
      // Also when it is final: then it is told so.
      return params["callback_id"] === result.callbackId;
    case "GET /api/v2/configuration-versions/:id/download":
      return isOpen && params["id"] === run.configurationVersionId;
    case "GET /api/v2/plans/:id/json-output": {
      const phases = isOpen ? await listPhases(deps.db, [run.id]) : [];
      return phases.some((phase) => phase.kind === "plan" && phase.id === params["id"]);
    }
    default:
      return false;
  }
}

function taskActor({ result, run }: Held): Actor {
  return {
    kind: "task",
    id: result.id,
    name: result.taskName,
    organizationId: run.organizationId,
    grants: [{ role: "task", organizationId: run.organizationId, projectId: run.projectId, bucketName: null }],
    needs: null,
    workspaceId: null,
    runId: null,
  };
}
