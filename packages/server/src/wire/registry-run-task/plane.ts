import { receiveRunTaskCall, type ReceiveCallDeps } from "../../features/registry-run-tasks/index.ts";
import type { Plane } from "../shared/plane.ts";
import { operationNotServed, presentRpcError } from "../shared/rpc-status.ts";

// Some thirty short texts. Source: HCP Terraform, run tasks integration, request body.
const callBytesMax = 64 * 1024;

/**
 * Where services that run Terraform ask the registry about a plan. Nobody has a credential here: the signature is over
 * the bytes of the body, so the body comes as it was sent.
 */
export function createRunTaskPlane(deps: ReceiveCallDeps): Plane {
  return {
    name: "registry-run-task",
    prefixes: ["/packer/run-tasks"],
    routes: [
      {
        method: "POST",
        path: "/:api_id/validation",
        needs: "signed-link",
        audit: "run-task.call",
        bodyBytesMax: callBytesMax,
        async handle({ request, params, body }) {
          const signature = request.headers["x-tfc-task-signature"];
          await receiveRunTaskCall(deps, {
            apiId: params["api_id"] ?? "",
            signature: typeof signature === "string" ? signature : undefined,
            body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
          });
          return { status: 200, body: {} };
        },
      },
    ],
    contentType: "application/json",
    jsonTypes: ["application/json"],
    rawBodies: true,
    authenticate: () => Promise.resolve(undefined),
    presentError: presentRpcError,
    unknownPath: (request) => operationNotServed(`${request.method} ${request.url.split("?")[0] ?? ""}`),
  };
}
