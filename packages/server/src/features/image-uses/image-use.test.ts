import { expect, it } from "vitest";
import { statusOfUse, type UseFacts } from "./image-use.ts";

const now = 1000;
const good: UseFacts = { recordedVersionId: "v", versionExists: true, revokeAt: null, channelVersionIds: ["v"] };

it.each<[string, Partial<UseFacts>, string]>([
  ["the channel points at it", {}, "current"],
  ["one of several followed channels points at it", { channelVersionIds: ["w", "v"] }, "current"],
  ["the channel points elsewhere", { channelVersionIds: ["w"] }, "behind"],
  ["its revocation is effective this very moment", { revokeAt: now }, "revoked"],
  [
    "its revocation lies ahead, whatever the channel says",
    { revokeAt: now + 1, channelVersionIds: ["w"] },
    "scheduled",
  ],
  ["the version was deleted", { versionExists: false }, "unknown"],
  ["no channel points anywhere", { channelVersionIds: [] }, "unknown"],
  ["the registry never knew it", { recordedVersionId: null, versionExists: false, channelVersionIds: [] }, "untracked"],
])("is what it is when %s", (_name, facts, status) => {
  expect(statusOfUse({ ...good, ...facts }, now)).toBe(status);
});
