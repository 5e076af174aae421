import { createHmac } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startWebhookReceiver, type WebhookReceiver } from "./webhook-receiver.ts";

let receiver: WebhookReceiver;
beforeEach(async () => {
  receiver = await startWebhookReceiver();
});
afterEach(() => receiver.close());

const body = JSON.stringify({ state: "opened", message: "web-2 is stopped" });

async function send(signature: string | undefined): Promise<number> {
  const headers = {
    "x-ingot-trigger": "alert:check",
    ...(signature === undefined ? {} : { "x-tfe-notification-signature": signature }),
  };
  return (await fetch(receiver.url, { method: "POST", body, headers })).status;
}

function sign(token: string): string {
  return createHmac("sha512", token).update(body).digest("hex");
}

it("believes what is signed with its token", async () => {
  expect(await send(sign(receiver.token))).toBe(204);
  expect(receiver.messages).toEqual([{ trigger: "alert:check", payload: JSON.parse(body) }]);
  expect(receiver.refused()).toBe(0);
});

it("turns away what is not signed, or with another token", async () => {
  expect(await send(undefined)).toBe(401);
  expect(await send("")).toBe(401);
  expect(await send(sign("another"))).toBe(401);
  expect(receiver.messages).toEqual([]);
  expect(receiver.refused()).toBe(3);
});
