import { describe, expect, it } from "vitest";
import type { EffectiveVariable } from "../variable-sets/index.ts";
import type { Workspace } from "../workspaces/index.ts";
import { canServe, engineFor } from "./engine-demand.ts";
import { inputVariables, maskedValues, runEnvironment } from "./run-environment.ts";

const run = { id: "run-1", configurationVersionId: "cv-1", clientId: "run-1" };
const workspace = {
  name: "app",
  organizationName: "acme",
  organizationId: "org-uuid",
  projectId: "project-uuid",
  projectExternalId: "prj-1",
} as Workspace;

function aVariable(key: string, value: string, more: Partial<EffectiveVariable> = {}): EffectiveVariable {
  return {
    id: `var-${key}`,
    workspaceId: "ws-1",
    key,
    value,
    category: "env",
    description: "",
    hcl: false,
    sensitive: false,
    versionId: "v",
    createdAt: 0,
    wins: false,
    ...more,
  };
}

function environment(
  variables: readonly EffectiveVariable[],
  publicUrl = "https://ingot.example:8443",
): Record<string, string> {
  return runEnvironment({ run, workspace, projectName: "images", variables, token: "t0ken", publicUrl });
}

describe("the environment of a run", () => {
  it("has the run's credential for every client that knows one", () => {
    expect(environment([])).toMatchObject({
      TFE_RUN_ID: "run-1",
      TFC_PROJECT_NAME: "images",
      INGOT_URL: "https://ingot.example:8443",
      INGOT_TOKEN: "t0ken",
      TF_VAR_ingot_url: "https://ingot.example:8443",
      TF_HTTP_USERNAME: "run",
      TF_HTTP_PASSWORD: "t0ken",
      HCP_CLIENT_ID: "run-1",
      HCP_CLIENT_SECRET: "t0ken",
      HCP_API_ADDRESS: "ingot.example:8443",
      HCP_ORGANIZATION_ID: "org-uuid",
      HCP_PROJECT_ID: "project-uuid",
    });
  });

  it("names a token for the host only when the host has no port", () => {
    expect(Object.keys(environment([])).filter((name) => name.startsWith("TF_TOKEN_"))).toEqual([]);
    expect(environment([], "https://my-ingot.example")).toMatchObject({
      TF_TOKEN_my__ingot_example: "t0ken",
      HCP_API_ADDRESS: "my-ingot.example:443",
    });
  });

  it("takes the workspace's variables over what the server sets, but not over the credential and its addresses", () => {
    const variables = ["TF_IN_AUTOMATION", "HCP_AUTH_URL", "INGOT_TOKEN", "HCP_CLIENT_SECRET", "TFE_RUN_ID"];
    const made = environment(variables.map((name) => aVariable(name, "mine")));
    expect(made).toMatchObject({
      TF_IN_AUTOMATION: "mine",
      HCP_AUTH_URL: "https://ingot.example:8443",
      INGOT_TOKEN: "t0ken",
      HCP_CLIENT_SECRET: "t0ken",
      TFE_RUN_ID: "run-1",
    });
  });

  it("leaves the input variables to the engine's own files", () => {
    const variable = aVariable("size", "3", { category: "terraform", hcl: true });
    expect(environment([variable])).not.toHaveProperty("size");
    expect(inputVariables([variable], [])).toEqual([{ key: "size", value: "3", hcl: true }]);
  });

  it("lets a variable of the run win over one of the workspace", () => {
    const ofWorkspace = [
      aVariable("a", "1", { category: "terraform" }),
      aVariable("b", "2", { category: "terraform" }),
    ];
    expect(inputVariables(ofWorkspace, [{ key: "b", value: '"3"', hcl: true }])).toEqual([
      { key: "a", value: "1", hcl: false },
      { key: "b", value: '"3"', hcl: true },
    ]);
  });

  it("masks the token and sensitive values, each line of them, but nothing too short to be a secret", () => {
    const masked = maskedValues(
      [
        aVariable("key", "-----BEGIN-----\nline-one\n  line-two\n", { sensitive: true }),
        aVariable("short", "abc", { sensitive: true }),
        aVariable("open", "not secret at all"),
      ],
      "t0ken",
    );
    expect(masked).toContain("t0ken");
    expect(masked).toContain("line-two");
    expect(masked).toContain("-----BEGIN-----\nline-one\n  line-two\n");
    expect(masked).not.toContain("abc");
    expect(masked).not.toContain("not secret at all");
    expect(masked[0]?.length).toBe(Math.max(...masked.map((value) => value.length)));
  });
});

describe("the engine of a run", () => {
  const tofu = { name: "tofu", version: "1.6.2" } as const;
  const terraform = { name: "terraform", version: "1.11.4" } as const;

  it.each([
    ["nothing", [tofu], null, null, true],
    ["an engine that it has", [tofu], "tofu", null, true],
    ["an engine that it lacks", [tofu], "terraform", null, false],
    ["a version that it has", [tofu, terraform], null, "1.11.4", true],
    ["a version that it has of the other engine", [tofu, terraform], "tofu", "1.11.4", false],
    ["a version that it lacks", [tofu], null, "1.6.3", false],
    ["a constraint, which it checks by itself", [tofu], null, "~> 1.9.0", true],
    ["nothing, and it has told of no engine", [], null, null, true],
    ["an engine, and it has told of none", [], "tofu", null, false],
  ] as const)(
    "when a workspace demands %s, the runner may claim: %s",
    (_name, engines, engineName, engineVersion, may) => {
      expect(canServe({ engines: [...engines] }, { engineName, engineVersion })).toBe(may);
    },
  );

  it("is the client's own when the runner has it, and any other when it does not", () => {
    const wish = { engineName: null, engineVersion: null, clientEngine: "terraform" } as const;
    expect(engineFor({ engines: [tofu, terraform] }, wish)).toEqual({ name: "terraform", version: null });
    expect(engineFor({ engines: [tofu] }, wish)).toEqual({ name: null, version: null });
  });

  it("is what was demanded, whatever the client is", () => {
    const demand = { engineName: "tofu", engineVersion: "1.6.2", clientEngine: "terraform" } as const;
    expect(engineFor({ engines: [tofu, terraform] }, demand)).toEqual({ name: "tofu", version: "1.6.2" });
  });
});
