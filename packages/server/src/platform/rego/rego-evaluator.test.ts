import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { createRegoEvaluator, opaVersion } from "./rego-evaluator.ts";

const evaluate = createRegoEvaluator();

const v1 = `package terraform

import rego.v1

deny contains message if {
	some change in input.plan.resource_changes
	"delete" in change.change.actions
	message := sprintf("%s may not be deleted", [change.address])
}
`;
// Without the import, sets and bodies as they were written before Rego v1.
const v0 = `package example

deny[message] {
	input.plan.format_version != "1.2"
	message := "old"
}

allow { true }
`;
const plan = { format_version: "1.2", resource_changes: [{ address: "a.b", change: { actions: ["delete"] } }] };

describe("the Rego evaluator", () => {
  it("evaluates both versions of the language, side by side", async () => {
    const [result] = await evaluate({ plan }, [
      {
        modules: { "new.rego": v1, "old.rego": v0 },
        queries: ["data.terraform.deny", "data.example.deny", "data.example.allow", "data.nowhere.deny"],
      },
    ]);
    expect(result?.queries).toMatchObject([{ value: ["a.b may not be deleted"] }, { value: [] }, { value: true }, {}]);
    expect(result?.queries[3]).not.toHaveProperty("value");
  });

  it("shows a set its own data and nothing of another's", async () => {
    const modules = { "a.rego": `package a\nimport rego.v1\nsees contains x if x := data.limits.max` };
    const results = await evaluate({}, [
      { modules, data: { limits: { max: 3 } }, queries: ["data.a.sees"] },
      { modules, queries: ["data.a.sees"] },
    ]);
    expect(results.map(({ queries }) => queries[0]?.value)).toEqual([[3], []]);
  });

  it.each([
    ["does not parse", "package a\n\ndeny {"],
    ["does not compile", "package a\nimport rego.v1\ndeny if nothing.here"],
    ["reaches out", `package a\nimport rego.v1\ndeny if http.send({"method": "get", "url": "http://127.0.0.1"})`],
    ["asks for the machine", "package a\nimport rego.v1\ndeny contains x if x := opa.runtime().env"],
  ])("says why a text that %s cannot be evaluated, and goes on with the others", async (_what, text) => {
    const [bad, good] = await evaluate({ plan }, [
      { modules: { "bad.rego": text }, queries: ["data.a.deny"] },
      { modules: { "good.rego": v1 }, queries: ["data.terraform.deny"] },
    ]);
    expect(bad?.error).toContain("bad.rego");
    expect(good?.queries[0]?.value).toEqual(["a.b may not be deleted"]);
  });

  it("says what is wrong with a query", async () => {
    const [result] = await evaluate({}, [{ modules: { "a.rego": v1 }, queries: ["terraform.deny"] }]);
    expect(result?.queries[0]?.error).toContain("terraform is unsafe");
  });

  it("ends what takes too long, and is there for the next", async () => {
    const hasty = createRegoEvaluator({ timeoutMs: 3000 });
    const endless = `package a\nimport rego.v1\nn := numbers.range(1, 4000)\ndeny contains x if { some x in n; some y in n; some z in n; x + y == z + 9000 }`;
    await expect(hasty({}, [{ modules: { "a.rego": endless }, queries: ["data.a.deny"] }])).rejects.toMatchObject({
      code: "rego_limit",
    });
    expect(await hasty({ plan }, [{ modules: { "n.rego": v1 }, queries: ["data.terraform.deny"] }])).toHaveLength(1);
  });

  it("ends what takes too much memory", async () => {
    const small = createRegoEvaluator({ memoryBytesMax: 128 * 1024 * 1024 });
    const greedy = `package a\nimport rego.v1\ndeny := numbers.range(1, 30000000)`;
    await expect(small({}, [{ modules: { "a.rego": greedy }, queries: ["data.a.deny"] }])).rejects.toMatchObject({
      code: "rego_limit",
    });
  });

  it("is the version of OPA that it says", async () => {
    const goMod = await readFile(new URL("../../../rego/go.mod", import.meta.url), "utf8");
    expect(goMod).toContain(`github.com/open-policy-agent/opa v${opaVersion}`);
  });
});
