import type { EngineName } from "@ingot/runner/protocol";
import type { FastifyRequest } from "fastify";

/**
 * Whether a command line is calling: both send `Terraform-Version`, OpenTofu under the same name. Other users of go-tfe do
 * not. Source: Terraform and OpenTofu, internal/cloud/backend.go and internal/backend/remote/backend.go.
 */
export function isCommandLine(request: FastifyRequest): boolean {
  return request.headers["terraform-version"] !== undefined || isOpenTofu(request);
}

/** Whether it is the `cloud` block of a command line; the `remote` backend does not say so. Source: internal/cloud/backend.go. */
export function isCloudBlock(request: FastifyRequest): boolean {
  return request.headers["x-terraform-integration"] === "cloud";
}

/** Which one it is; the version numbers of the two overlap, the user agents do not. Null: neither. */
export function clientEngineOf(request: FastifyRequest): EngineName | null {
  if (isOpenTofu(request)) return "tofu";
  return request.headers["terraform-version"] === undefined ? null : "terraform";
}

function isOpenTofu(request: FastifyRequest): boolean {
  return (request.headers["user-agent"] ?? "").startsWith("OpenTofu/");
}
