import { decode, encode, ExtData } from "@msgpack/msgpack";

/** A Terraform value. Numbers that a 64-bit float cannot hold exactly arrive, and must go back, as strings. */
export type Value = null | boolean | number | string | ExtData | readonly Value[] | ObjectValue;
export type ObjectValue = { readonly [name: string]: Value };

/** The wire message of the same name, as protobuf hands it over: an absent encoding is an empty buffer. */
export type DynamicValue = { readonly msgpack?: Uint8Array; readonly json?: Uint8Array };

/** "Known after apply". Extension type 0 with any payload; older CLIs accept no other spelling. */
export const unknown: Value = new ExtData(0, new Uint8Array(1));

/** Every extension type is an unknown value; type 12 carries refinements, which are passed through as they came. */
export function isUnknown(value: Value | undefined): value is ExtData {
  return value instanceof ExtData;
}

/** Null when the object does not exist: before a create, after a delete. Throws when it is not an object. */
export function decodeValue(dynamic: DynamicValue | null | undefined): ObjectValue | null {
  const value = decodeAny(dynamic);
  if (value === null || isObjectValue(value)) return value;
  throw new TypeError("The value sent by the CLI is not an object.");
}

/** Always MessagePack: the CLIs do not accept JSON in every answer. */
export function encodeValue(value: ObjectValue | null): DynamicValue {
  return { msgpack: encode(value) };
}

export function isObjectValue(value: Value | undefined): value is ObjectValue {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isUnknown(value);
}

/** The text of an attribute. Throws when it is anything else, null and unknown included. */
export function textOf(object: ObjectValue, name: string): string {
  const value = object[name];
  if (typeof value === "string") return value;
  throw new TypeError(`"${name}" must be a known text.`);
}

function decodeAny(dynamic: DynamicValue | null | undefined): Value {
  if (dynamic?.msgpack?.length) return decode(dynamic.msgpack) as Value;
  if (dynamic?.json?.length) return JSON.parse(Buffer.from(dynamic.json).toString("utf8")) as Value;
  return null;
}
