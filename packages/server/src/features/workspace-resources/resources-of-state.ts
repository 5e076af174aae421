import { createHash } from "node:crypto";
import { Type } from "typebox";
import { Value } from "typebox/value";

const StateSchema = Type.Object({
  version: Type.Literal(4),
  resources: Type.Optional(
    Type.Array(
      Type.Object({
        module: Type.Optional(Type.String()),
        mode: Type.Optional(Type.String()),
        type: Type.String(),
        name: Type.String(),
        provider: Type.Optional(Type.String()),
        instances: Type.Optional(
          Type.Array(Type.Object({ index_key: Type.Optional(Type.Union([Type.String(), Type.Number()])) })),
        ),
      }),
    ),
  ),
});

/** A managed resource instance as the published API names it: the word `module.` is left out. */
export interface StateResource {
  /** For example `network.aws_subnet.private[0]`. */
  readonly address: string;
  readonly name: string;
  /** Without `module.`; `root` for the root module. */
  readonly module: string;
  /** `namespace/type` of the provider, for example `hashicorp/aws`. */
  readonly provider: string;
  /** The provider with its host, for example `registry.terraform.io/hashicorp/aws`; empty when the state does not say. */
  readonly providerSource: string;
  /** The type of the resource. */
  readonly providerType: string;
  readonly nameIndex: string | null;
  /** Of all that the state says of the instance. */
  readonly digest: string;
}

/**
 * The managed resources of a version 4 state. Undefined for an encrypted state and for whatever is none. Source: go-tfe
 * workspace_resources_integration_test.go.
 */
export function resourcesOfState(bytes: Uint8Array): StateResource[] | undefined {
  let state: unknown;
  try {
    state = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch {
    return undefined;
  }
  if (!Value.Check(StateSchema, state)) return undefined;
  return (state.resources ?? []).flatMap((resource) => {
    if (resource.mode !== undefined && resource.mode !== "managed") return [];
    const module = (resource.module ?? "").replaceAll(/(^|\.)module\./g, "$1");
    return (resource.instances ?? []).map((instance) => {
      const index = instance.index_key ?? null;
      const suffix = index === null ? "" : `[${JSON.stringify(index)}]`;
      return {
        address: `${module === "" ? "" : `${module}.`}${resource.type}.${resource.name}${suffix}`,
        name: resource.name,
        module: module === "" ? "root" : module,
        provider: providerOf(resource.provider ?? ""),
        providerSource: sourceOf(resource.provider ?? "") ?? "",
        providerType: resource.type,
        nameIndex: index === null ? null : String(index),
        digest: createHash("sha256").update(JSON.stringify(instance)).digest("base64url"),
      };
    });
  });
}

/** `hashicorp/aws` of `provider["registry.terraform.io/hashicorp/aws"].west`, whatever module it is configured in. */
function providerOf(text: string): string {
  const source = sourceOf(text);
  return source === undefined ? text : source.split("/").slice(-2).join("/");
}

function sourceOf(text: string): string | undefined {
  return /provider\["([^"]+)"\]/.exec(text)?.[1];
}
