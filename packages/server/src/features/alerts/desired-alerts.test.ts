import { describe, expect, it } from "vitest";
import { alertChanges } from "./alert-changes.ts";
import type { Alert } from "./alert.ts";
import { desiredAlerts, revocationAlert, type RevocationFacts, type WorkspaceFacts } from "./desired-alerts.ts";

const calm: WorkspaceFacts = {
  workspaceName: "web",
  lastRun: null,
  waitingRuns: [],
  assessment: null,
  findings: null,
  imageChecks: [],
};

function causes(facts: Partial<WorkspaceFacts>): string[] {
  return desiredAlerts({ ...calm, ...facts }).alerts.map((alert) => alert.cause);
}

const findings = { drifted: [], failingChecks: [], someChecksUnknown: false };
const use = (resource: string, version: string) => ({ resource, bucket: "base", version });

describe("the alerts that should be open", () => {
  it("are none when nothing is wrong, or nothing is known", () => {
    expect(causes({})).toEqual([]);
    expect(
      causes({
        lastRun: { id: "run-1", number: 1, failed: false, errorMessage: null },
        assessment: { succeeded: true, errorMessage: null, at: 1 },
        findings,
        imageChecks: [
          { kind: "revoked", status: "pass", uses: [], usesTotal: 0 },
          { kind: "too-old", status: "off", uses: [], usesTotal: 0 },
          { kind: "behind-too-long", status: "unknown", uses: [use("a", "v1")], usesTotal: 1 },
        ],
      }),
    ).toEqual([]);
  });

  it("are one for the workspace that failed, one for each run that waits", () => {
    expect(
      causes({
        lastRun: { id: "run-1", number: 1, failed: true, errorMessage: "no" },
        waitingRuns: [
          { id: "run-2", number: 2, message: "" },
          { id: "run-3", number: 3, message: "" },
        ],
      }),
    ).toEqual(["run-failed", "run-waiting:run-2", "run-waiting:run-3"]);
  });

  it("are one for all drift, one for each failing check, and what was found stays while an assessment fails", () => {
    const failing = { address: "check.health", status: "fail", since: 0, problem: "2 are down" } as const;
    expect(
      causes({
        assessment: { succeeded: false, errorMessage: "", at: 2 },
        findings: {
          ...findings,
          drifted: ["b", "a"],
          failingChecks: [failing, { ...failing, address: "check.other" }],
        },
      }),
    ).toEqual(["assessment-failed", "drift", "check:check.health", "check:check.other"]);
  });

  it("are one for each image and way in which it is bad", () => {
    const { alerts } = desiredAlerts({
      ...calm,
      imageChecks: [
        { kind: "revoked", status: "fail", uses: [use("a", "v1"), use("b", "v1"), use("c", "v2")], usesTotal: 3 },
        { kind: "too-old", status: "fail", uses: [use("a", "v1")], usesTotal: 1 },
      ],
    });
    expect(alerts.map(({ cause, severity, subjects }) => [cause, severity, subjects])).toEqual([
      ["image:revoked:base/v1", "critical", ["a", "b"]],
      ["image:revoked:base/v2", "critical", ["c"]],
      ["image:too-old:base/v1", "warning", ["a"]],
    ]);
  });

  it("bound what they say", () => {
    const drifted = Array.from({ length: 5000 }, (_, i) => `aws_instance.web[${i}]`);
    const [alert] = desiredAlerts({ ...calm, findings: { ...findings, drifted } }).alerts;
    expect(alert?.title).toBe("5000 resources of web changed outside of Terraform");
    expect(alert?.detail).toMatch(/ and 4990 more\.$/);
    expect(alert?.subjects).toHaveLength(1000);
  });
});

describe("the alert of a revocation", () => {
  const revocation: RevocationFacts = {
    versionId: "v-1",
    bucketName: "base",
    versionName: "v3",
    revokeAt: 1000,
    author: "ada",
    message: "CVE-1",
    workspaceIds: ["ws-1"],
  };
  it("is open while somebody is affected, and worse once it is in effect", () => {
    expect(revocationAlert({ ...revocation, workspaceIds: [] }, 2000)).toEqual([]);
    const [scheduled] = revocationAlert(revocation, 999);
    const [revoked] = revocationAlert(revocation, 1000);
    expect(scheduled).toMatchObject({ severity: "warning", cause: "revocation:v-1", subjects: ["ws-1"] });
    expect(revoked).toMatchObject({ severity: "critical", cause: "revocation:v-1", subjects: ["in effect", "ws-1"] });
    expect(revoked?.detail).toBe("Revoked by ada: CVE-1. 1 workspace runs or reads it, or what was built from it.");
  });
});

describe("what leads from open alerts to those that should be", () => {
  const drift = (...drifted: string[]) => desiredAlerts({ ...calm, findings: { ...findings, drifted } });
  const opened = (desired: ReturnType<typeof desiredAlerts>): Alert[] =>
    desired.alerts.map((alert, i) => ({
      ...alert,
      id: `a${i}`,
      organizationId: "o",
      projectId: "p",
      workspaceId: "w",
      workspaceName: "web",
      openedAt: 0,
      changedAt: 0,
      resolvedAt: null,
    }));

  it("is nothing when they agree", () => {
    expect(alertChanges(opened(drift("a", "b")), drift("b", "a"))).toEqual({ open: [], update: [], resolve: [] });
  });

  it("tells again when a resource joins, and not when one leaves", () => {
    const tells = (before: string[], after: string[]) =>
      alertChanges(opened(drift(...before)), drift(...after)).update.map(({ tell }) => tell);
    expect(tells(["a"], ["a", "b"])).toEqual([true]);
    expect(tells(["a", "b"], ["a"])).toEqual([false]);
    expect(tells(["a"], ["b"])).toEqual([true]);
  });

  it("resolves what is no longer so", () => {
    expect(alertChanges(opened(drift("a")), drift()).resolve).toHaveLength(1);
  });

  it("leaves open what nothing is known about any more", () => {
    const image = (status: "fail" | "unknown" | "pass", uses = [use("a", "v1")], usesTotal = uses.length) =>
      desiredAlerts({ ...calm, imageChecks: [{ kind: "revoked", status, uses, usesTotal }] });
    const open = opened(image("fail"));
    expect(alertChanges(open, image("unknown")).resolve).toEqual([]);
    expect(alertChanges(open, image("fail", [use("b", "v2")], 60)).resolve).toEqual([]);
    expect(alertChanges(open, image("pass", [])).resolve).toHaveLength(1);

    const failing = { address: "check.health", status: "fail", since: 0, problem: "2 are down" } as const;
    const checks = (failingChecks: (typeof failing)[], someChecksUnknown: boolean) =>
      desiredAlerts({ ...calm, findings: { ...findings, failingChecks, someChecksUnknown } });
    expect(alertChanges(opened(checks([failing], false)), checks([], true)).resolve).toEqual([]);
    expect(alertChanges(opened(checks([failing], false)), checks([], false)).resolve).toHaveLength(1);
  });
});
