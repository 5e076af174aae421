import { describe, expect, it } from "vitest";
import { actionsIn, describeSubscriptions, versionActions, versionSource, withActions } from "./webhook-words.ts";

const ofBucket = { resource_id: "01H", events: [{ source: versionSource, action: "*" }] };
const ofVault = { source: "hashicorp.vault.secret", action: "rotate" };

describe("the subscriptions of a webhook", () => {
  it("are read as actions of versions, whether they are named or all of them", () => {
    expect(actionsIn([{ resource_id: "", events: [{ source: versionSource, action: "revoke" }, ofVault] }])).toEqual([
      "revoke",
    ]);
    expect(actionsIn([{ resource_id: "", events: [{ source: versionSource, action: "*" }] }])).toEqual(
      Object.keys(versionActions),
    );
    expect(actionsIn([ofBucket])).toEqual([]);
  });

  it("keep what the console does not show when the actions change", () => {
    const before = [ofBucket, { resource_id: "", events: [ofVault, { source: versionSource, action: "*" }] }];
    expect(withActions(before, ["assign"])).toEqual([
      { resource_id: "", events: [ofVault, { source: versionSource, action: "assign" }] },
      ofBucket,
    ]);
    expect(withActions([ofBucket], [])).toEqual([ofBucket]);
  });

  it("ask for later actions too when all are chosen", () => {
    expect(withActions([], Object.keys(versionActions))).toEqual([
      { resource_id: "", events: [{ source: versionSource, action: "*" }] },
    ]);
  });

  it("are described in words, with a number for what is not shown", () => {
    expect(describeSubscriptions([])).toBe("nothing");
    expect(describeSubscriptions(withActions([ofBucket], ["revoke"]))).toBe(
      "A version is revoked, one more subscription",
    );
    expect(describeSubscriptions(withActions([], Object.keys(versionActions)))).toBe("everything about versions");
    expect(describeSubscriptions(withActions([], Object.keys(versionActions).slice(1)))).toBe(
      "7 kinds of events about versions",
    );
  });
});
