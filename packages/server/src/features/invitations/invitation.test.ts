import { expect, it } from "vitest";
import { checkOpen, invitationDays, secondsUntilResend, sentInvitation } from "./invitation.ts";

const about = { membershipId: "ou-1", invitedBy: "ada" };
const days = (count: number) => count * 86_400_000;

it("an invitation works for a week, and not from its end on", () => {
  const invitation = sentInvitation(about, true, 0);
  expect(() => checkOpen(invitation, days(invitationDays) - 1)).not.toThrow();
  expect(() => checkOpen(invitation, days(invitationDays))).toThrow(
    expect.objectContaining({ code: "invitation_expired", message: expect.stringContaining("1970-01-08") }),
  );
});

it("one that was accepted says so, also when its time is over", () => {
  const accepted = { ...sentInvitation(about, false, 0), acceptedAt: 1 };
  for (const now of [2, days(99)]) {
    expect(() => checkOpen(accepted, now)).toThrow(expect.objectContaining({ code: "invitation_accepted" }));
  }
});

it("is mailed once a minute at most; what is not mailed can be made anew at once", () => {
  expect(secondsUntilResend(undefined, 0)).toBe(0);
  expect(secondsUntilResend(sentInvitation(about, false, 0), 0)).toBe(0);
  const mailed = sentInvitation(about, true, 0);
  expect(secondsUntilResend(mailed, 0)).toBe(60);
  expect(secondsUntilResend(mailed, 59_001)).toBe(1);
  expect(secondsUntilResend(mailed, 60_000)).toBe(0);
});
