import { encode, ExtData } from "@msgpack/msgpack";
import { expect, it } from "vitest";
import { decodeValue, encodeValue, isUnknown, unknown } from "./value.ts";

it("spells an unknown value as the CLIs do: extension type 0 with one octet", () => {
  expect(Buffer.from(encodeValue({ id: unknown }).msgpack!).toString("hex")).toBe("81a26964d40000");
});

it.each([0, 12, 99])("reads extension type %i as an unknown value", (type) => {
  const value = decodeValue({ msgpack: encode({ id: new ExtData(type, Uint8Array.of(0x80)) }) });
  expect(isUnknown(value?.["id"])).toBe(true);
});

it("gives a refined unknown value back as it came", () => {
  const refined = { name: new ExtData(12, encode(new Map([[1, false]]) as never)) };
  const sent = encodeValue(refined);
  expect(encodeValue(decodeValue(sent))).toEqual(sent);
});

it("keeps null, text, whole numbers, maps and lists through a round trip", () => {
  const value = { a: null, b: "…", c: 20, d: { e: "f" }, g: [{ h: 0 }, true] };
  expect(decodeValue(encodeValue(value))).toEqual(value);
});

it("tells a missing object from an empty one", () => {
  expect(decodeValue(encodeValue(null))).toBeNull();
  expect(decodeValue(null)).toBeNull();
  expect(decodeValue({ msgpack: Buffer.alloc(0), json: Buffer.alloc(0) })).toBeNull();
  expect(decodeValue(encodeValue({}))).toEqual({});
});

it("falls back to JSON when there is no MessagePack", () => {
  expect(decodeValue({ msgpack: Buffer.alloc(0), json: Buffer.from('{"name":"web"}') })).toEqual({ name: "web" });
});

it("refuses what is not an object", () => {
  expect(() => decodeValue({ msgpack: encode("web") })).toThrow("not an object");
});
