import { createHash } from "node:crypto";
import { Type, type Static } from "typebox";
import { Value } from "typebox/value";

const StateFileSchema = Type.Object({
  version: Type.Integer(),
  terraform_version: Type.Optional(Type.String()),
  serial: Type.Integer({ minimum: 0 }),
  lineage: Type.String(),
  outputs: Type.Optional(
    Type.Record(
      Type.String(),
      Type.Object({
        value: Type.Optional(Type.Unknown()),
        type: Type.Optional(Type.Unknown()),
        sensitive: Type.Optional(Type.Boolean()),
      }),
    ),
  ),
  resources: Type.Optional(
    Type.Array(
      Type.Object({ mode: Type.Optional(Type.String()), instances: Type.Optional(Type.Array(Type.Unknown())) }),
    ),
  ),
});

/** OpenTofu's encrypted state: JSON, but not a state. Source: OpenTofu, internal/encryption. */
const EncryptedStateSchema = Type.Object({
  serial: Type.Integer({ minimum: 0 }),
  lineage: Type.String(),
  encrypted_data: Type.String(),
});

const JsonOutputsSchema = Type.Record(
  Type.String(),
  Type.Object({
    value: Type.Optional(Type.Unknown()),
    type: Type.Optional(Type.Unknown()),
    sensitive: Type.Optional(Type.Boolean()),
  }),
);

/** A root output. `detailedType` is the engine's own description of the type, for example `["list","string"]`. */
export interface StateOutput {
  readonly name: string;
  readonly value: unknown;
  readonly detailedType: unknown;
  readonly sensitive: boolean;
}

/** What the server reads out of a state. */
export interface StateFacts {
  readonly serial: number;
  readonly lineage: string;
  readonly engineVersion: string | null;
  /** Instances of managed resources; 0 when the state is encrypted. */
  readonly resourceCount: number;
  /** Null: the state is encrypted, its outputs are known only when the client sends them apart. */
  readonly outputs: readonly StateOutput[] | null;
}

/** Undefined when the bytes are neither a version 4 state nor an encrypted one. */
export function parseState(bytes: Uint8Array): StateFacts | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch {
    return undefined;
  }
  if (Value.Check(StateFileSchema, value) && value.version === 4) {
    return {
      serial: value.serial,
      lineage: value.lineage,
      engineVersion: value.terraform_version ?? null,
      resourceCount: (value.resources ?? [])
        .filter((resource) => resource.mode === undefined || resource.mode === "managed")
        .reduce((count, resource) => count + (resource.instances?.length ?? 0), 0),
      outputs: toOutputs(value.outputs ?? {}),
    };
  }
  if (Value.Check(EncryptedStateSchema, value)) {
    return { serial: value.serial, lineage: value.lineage, engineVersion: null, resourceCount: 0, outputs: null };
  }
  return undefined;
}

/** The outputs that a client sends beside the state. Undefined when they are not what they should be. */
export function parseJsonOutputs(text: string): readonly StateOutput[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(JsonOutputsSchema, value) ? toOutputs(value) : undefined;
  } catch {
    return undefined;
  }
}

function toOutputs(outputs: Static<typeof JsonOutputsSchema>): StateOutput[] {
  return Object.entries(outputs).map(([name, output]) => ({
    name,
    value: output.value ?? null,
    // A value without a type comes from a null output. Source: Terraform, cty.
    detailedType: output.type ?? "dynamic",
    sensitive: output.sensitive ?? false,
  }));
}

export function md5Of(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
