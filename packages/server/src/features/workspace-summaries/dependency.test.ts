import { describe, expect, it } from "vitest";
import { afterReport, afterState, describeDependency, nameOf, type Dependency } from "./dependency.ts";

const aws = "registry.terraform.io/hashicorp/aws";
const random = "registry.terraform.io/hashicorp/random";
const reported: Dependency = { kind: "provider", source: aws, version: "5.1.0", reported: true };
const found: Dependency = { kind: "provider", source: random, version: "", reported: false };
const module: Dependency = { kind: "module", source: "git::https://x.example/net.git", version: "", reported: true };

describe("what a workspace depends on", () => {
  it("is what its run has said, with what only its state speaks of", () => {
    const next = afterReport([found, module], { providers: [{ source: aws, version: "5.1.0" }], modules: [] });
    expect(next).toEqual([reported, found]);
    expect(afterReport(next, { providers: [{ source: random, version: "3.1.0" }], modules: [] })).toEqual([
      { kind: "provider", source: random, version: "3.1.0", reported: true },
    ]);
  });

  it("keeps its versions when a state says no more than the names", () => {
    const state = { providers: [aws, random], runsElsewhere: false };
    expect(afterState([reported, module], state)).toEqual([module, reported, found]);
    expect(afterState([found], { ...state, providers: [] })).toEqual([]);
  });

  it("is what the state says alone where the runs are elsewhere", () => {
    expect(afterState([reported, module], { providers: [random], runsElsewhere: true })).toEqual([found]);
  });

  it("has names and addresses", () => {
    expect(nameOf(reported)).toBe("aws");
    expect(nameOf({ kind: "module", source: "registry.terraform.io/terraform-aws-modules/vpc/aws" })).toBe("vpc");
    expect(nameOf({ kind: "module", source: "git::https://x.example/infra/net.git?ref=v1" })).toBe("net");
    expect(describeDependency(reported)).toBe("registry.terraform.io/providers/hashicorp/aws/5.1.0");
    expect(describeDependency(found)).toBe("registry.terraform.io/providers/hashicorp/random");
    expect(describeDependency(module)).toBe("git::https://x.example/net.git");
  });
});
