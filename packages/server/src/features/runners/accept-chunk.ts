import { DomainError } from "../../platform/errors.ts";

export interface AcceptedChunk {
  /** What of it is stored; empty once the log is full. */
  readonly kept: Buffer;
  /** Bytes that the runner has sent with it. */
  readonly logReceived: number;
}

/**
 * What is new of a chunk of a log of which `logReceived` bytes have come. Undefined for one that is known already, a part of
 * it is left out too: a runner may repeat whatever it is unsure about. Errors: conflict/log_gap.
 */
export function acceptChunk(
  logReceived: number,
  offset: number,
  bytes: Buffer,
  bytesMax: number,
): AcceptedChunk | undefined {
  if (offset > logReceived) {
    throw new DomainError(
      "conflict",
      "log_gap",
      `The log has ${logReceived} bytes, and the chunk begins at ${offset}. Send what lies between.`,
    );
  }
  const fresh = bytes.subarray(logReceived - offset);
  if (fresh.length === 0) return undefined;
  const kept = fresh.subarray(0, Math.max(0, bytesMax - logReceived));
  return { kept: withoutFrames(kept), logReceived: logReceived + fresh.length };
}

/** The frame of a log, STX and ETX, must not appear inside: a reader would take it for the end. */
function withoutFrames(bytes: Buffer): Buffer {
  if (!bytes.includes(0x02) && !bytes.includes(0x03)) return bytes;
  return Buffer.from(bytes.map((byte) => (byte === 0x02 || byte === 0x03 ? 0x3f : byte)));
}
