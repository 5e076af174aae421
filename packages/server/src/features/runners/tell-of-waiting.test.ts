import { expect, it } from "vitest";
import { waitingText } from "./tell-of-waiting.ts";

it.each([
  [{ agentPoolName: null, engineName: null, engineVersion: null }, "a runner of the organization."],
  [{ agentPoolName: "fleet", engineName: null, engineVersion: null }, 'a runner of the agent pool "fleet".'],
  [{ agentPoolName: null, engineName: "terraform", engineVersion: null }, "that has terraform."],
  [{ agentPoolName: null, engineName: "tofu", engineVersion: "~> 1.9.0" }, "that has tofu ~> 1.9.0."],
  [{ agentPoolName: null, engineName: null, engineVersion: "1.0.0" }, "that has an engine 1.0.0."],
] as const)("what waits with %j says that it needs %s", (demand, words) => {
  expect(waitingText({ kind: "plan", ...demand })).toContain(words);
});
