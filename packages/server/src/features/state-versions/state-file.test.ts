import { describe, expect, it } from "vitest";
import { aState } from "../../testing/tfe-fixture.ts";
import { parseJsonOutputs, parseState } from "./state-file.ts";
import { checkFollows, type StateVersion } from "./state-version.ts";

describe("what is read out of a state", () => {
  it("are serial, lineage, engine, managed instances and outputs", () => {
    const facts = parseState(
      aState(7, {
        outputs: { ip: { value: "10.0.0.1", type: "string" }, key: { value: "k", type: "string", sensitive: true } },
        resources: [
          { mode: "managed", type: "x", instances: [{}, {}] },
          { mode: "data", type: "y", instances: [{}] },
        ],
      }),
    );
    expect(facts).toEqual({
      serial: 7,
      lineage: "lineage-1",
      engineVersion: "1.6.2",
      resourceCount: 2,
      outputs: [
        { name: "ip", value: "10.0.0.1", detailedType: "string", sensitive: false },
        { name: "key", value: "k", detailedType: "string", sensitive: true },
      ],
    });
  });

  it("is only serial and lineage when it is encrypted", () => {
    const encrypted = { serial: 3, lineage: "l", meta: {}, encrypted_data: "AAAA", encryption_version: "v0" };
    expect(parseState(Buffer.from(JSON.stringify(encrypted)))).toEqual({
      serial: 3,
      lineage: "l",
      engineVersion: null,
      resourceCount: 0,
      outputs: null,
    });
  });

  it.each(["", "no JSON", "[]", "{}", '{"version":3,"serial":1,"lineage":"x"}'])("is nothing when it is %j", (text) => {
    expect(parseState(Buffer.from(text))).toBeUndefined();
  });

  it("gives an output without a type the type `dynamic`", () => {
    expect(parseJsonOutputs('{"x":{"value":null}}')).toEqual([
      { name: "x", value: null, detailedType: "dynamic", sensitive: false },
    ]);
    expect(parseJsonOutputs('{"x":1}')).toBeUndefined();
  });
});

describe("a state that follows another", () => {
  const current = { serial: 5, lineage: "l", md5: "m" } as StateVersion;
  it.each([
    ["is newer", { serial: 6, lineage: "l", md5: "n" }, undefined],
    ["is the same, sent again", { serial: 5, lineage: "l", md5: "m" }, undefined],
    ["has the same serial and other bytes", { serial: 5, lineage: "l", md5: "n" }, "state_serial"],
    ["is older", { serial: 4, lineage: "l", md5: "n" }, "state_serial"],
    ["has another lineage", { serial: 6, lineage: "x", md5: "n" }, "state_lineage"],
  ] as const)("that %s: %o is refused with %s", (_name, next, code) => {
    if (code === undefined) expect(() => checkFollows(next, current, false)).not.toThrow();
    else expect(() => checkFollows(next, current, false)).toThrow(expect.objectContaining({ code }));
    expect(() => checkFollows(next, current, true)).not.toThrow();
    expect(() => checkFollows(next, undefined, false)).not.toThrow();
  });
});
