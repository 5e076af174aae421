import { describe, expect, it } from "vitest";
import { changeMode, parseExecutionMode, type ModeChange } from "./execution-mode.ts";

const inherited = { mode: "local", agentPoolId: null } as const;
const own = { mode: "remote", agentPoolId: null, overwritten: true } as const;
const agent = { mode: "agent", agentPoolId: "apool-1", overwritten: true } as const;

describe("an execution mode", () => {
  it("is one of three", () => {
    expect(parseExecutionMode("agent")).toBe("agent");
    expect(() => parseExecutionMode("cloud")).toThrow(expect.objectContaining({ code: "execution_mode" }));
  });

  it("becomes an own one when it is named, and stays as it is otherwise", () => {
    const inheriting = { ...inherited, overwritten: false };
    expect(changeMode(inheriting, inherited, { mode: "remote" })).toEqual(own);
    expect(changeMode(inheriting, inherited, {})).toEqual(inheriting);
    expect(changeMode(own, inherited, {})).toEqual(own);
  });

  it("is inherited again when the request says so, pool and all", () => {
    expect(changeMode(agent, inherited, { overwritesMode: false, overwritesPool: false })).toEqual({
      ...inherited,
      overwritten: false,
    });
    expect(changeMode(own, { mode: "agent", agentPoolId: "apool-2" }, { overwritesMode: false })).toEqual({
      mode: "agent",
      agentPoolId: "apool-2",
      overwritten: false,
    });
  });

  it("that is named beside the word that it is inherited is an own one where it is another", () => {
    const both = { overwritesMode: false, overwritesPool: false };
    expect(changeMode(own, inherited, { mode: "local", ...both })).toEqual({ ...inherited, overwritten: false });
    expect(changeMode(own, inherited, { mode: "agent", agentPoolId: "apool-1", ...both })).toEqual(agent);
  });

  it("loses its pool with the mode `agent`", () => {
    expect(changeMode(agent, inherited, { mode: "remote" })).toEqual(own);
  });

  it.each<[string, ModeChange]>([
    ["setting_overwrites", { mode: "agent", agentPoolId: "a", overwritesMode: true, overwritesPool: false }],
    ["agent_pool_without_agent_mode", { mode: "remote", agentPoolId: "a" }],
    ["agent_pool_without_agent_mode", { agentPoolId: "a" }],
    ["agent_pool_missing", { mode: "agent" }],
  ])("%s refuses %j", (code, change) => {
    expect(() => changeMode(own, inherited, change)).toThrow(expect.objectContaining({ code }));
  });
});
