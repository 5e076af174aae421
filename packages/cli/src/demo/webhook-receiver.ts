import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A message that came with a signature that holds; its payload as Ingot writes it. */
export interface WebhookMessage {
  readonly trigger: string;
  readonly payload: {
    readonly state?: string;
    readonly message?: string;
    readonly alert?: { readonly id: string; readonly kind: string; readonly detail: string };
  };
}

export interface WebhookReceiver {
  readonly url: string;
  /** What both sides sign with. */
  readonly token: string;
  /** In the order in which they came. */
  readonly messages: readonly WebhookMessage[];
  /** So many were turned away: not signed, or not with our token. */
  readonly refused: () => number;
  close(): Promise<void>;
}

const bodyBytesMax = 1024 * 1024;

/**
 * What a team would write to receive alerts, on a free loopback port: it believes a message only when the HMAC-SHA512 of
 * its body is the one in the header, and answers 401 otherwise.
 */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const token = randomBytes(32).toString("base64url");
  const messages: WebhookMessage[] = [];
  let refused = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > bodyBytesMax) request.destroy();
      else chunks.push(chunk);
    });
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      if (!isSigned(body, token, request.headers["x-tfe-notification-signature"])) {
        refused += 1;
        response.writeHead(401).end("This is not signed with our token.");
        return;
      }
      const trigger = String(request.headers["x-ingot-trigger"]);
      messages.push({ trigger, payload: JSON.parse(body.toString("utf8")) as WebhookMessage["payload"] });
      response.writeHead(204).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`,
    token,
    messages,
    refused: () => refused,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function isSigned(body: Buffer, token: string, signature: string | string[] | undefined): boolean {
  const expected = createHmac("sha512", token).update(body).digest();
  const given = Buffer.from(String(signature), "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}
