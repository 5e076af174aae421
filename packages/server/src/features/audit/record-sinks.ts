import { createHmac } from "node:crypto";
import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { DomainError } from "../../platform/errors.ts";
import type { OutboundClient } from "../../platform/outbound/index.ts";
import type { RecordSink } from "./stream-records.ts";

const tailBytesMax = 1 << 20;

/**
 * Appends records to a file, one line of JSON each, and has them on the disk before it returns. The file is opened for each
 * batch: one that was renamed meanwhile is begun anew. What a crash has left of a line is cut off first.
 */
export function createFileSink(path: string): RecordSink {
  return async (records) => {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      const at = await endOfLastLine(file);
      await file.truncate(at);
      await file.write(records.map((record) => `${JSON.stringify(record)}\n`).join(""), at);
      await file.datasync();
    } finally {
      await file.close();
    }
  };
}

async function endOfLastLine(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  const length = Math.min(size, tailBytesMax);
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
  return size - length + buffer.lastIndexOf("\n") + 1;
}

/**
 * Posts records as `{ "records": […] }`. With a token, `X-Ingot-Audit-Signature` is the HMAC-SHA-512 of the body in hexadecimal.
 * Anything but a 2xx means that they were not taken. Errors: unavailable/audit_webhook, and those of the outbound client.
 */
export function createWebhookSink(options: {
  readonly outbound: Pick<OutboundClient, "send">;
  readonly url: string;
  readonly token: string | undefined;
}): RecordSink {
  const { outbound, url, token } = options;
  return async (records) => {
    const body = JSON.stringify({ records });
    const { status } = await outbound.send({
      method: "POST",
      url,
      headers: {
        "content-type": "application/json",
        "user-agent": "Ingot",
        ...(token === undefined
          ? {}
          : { "x-ingot-audit-signature": createHmac("sha512", token).update(body).digest("hex") }),
      },
      body,
    });
    if (status < 200 || status > 299) {
      throw new DomainError("unavailable", "audit_webhook", `The receiver of the audit trail answered ${status}.`);
    }
  };
}
