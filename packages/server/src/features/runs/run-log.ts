import type { Db } from "../../db/database.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import { deleteChunks, listChunks } from "./log-store.ts";
import { findPhase, lockPhase, savePhase } from "./phase-store.ts";
import { runNotFound, type Phase } from "./run.ts";

export interface LogDeps {
  readonly db: Db;
  readonly blobs: BlobStore;
}

const startOfText = 0x02;
const endOfText = 0x03;

/**
 * A slice of a phase's log as clients read it: STX, the bytes, and ETX once nothing follows. Empty before the phase has
 * started and past the end. Errors: not_found/run_not_found. Source: go-tfe logreader.go.
 */
export async function readFramedLog(deps: LogDeps, phaseId: string, offset: number, limit: number): Promise<Buffer> {
  return (await readFrame(deps, phaseId, offset, limit)).bytes;
}

export interface Frame {
  readonly bytes: Buffer;
  /** Nothing was printed yet. */
  readonly isEmpty: boolean;
  /** Nothing will be added any more. */
  readonly isClosed: boolean;
}

/** A slice as of {@link readFramedLog}, and how the log stands. */
export async function readFrame(deps: LogDeps, phaseId: string, offset: number, limit: number): Promise<Frame> {
  const phase = await findPhase(deps.db, phaseId);
  if (phase === undefined) throw runNotFound();
  const started = phase.logBytes > 0 || phase.logClosed || phase.startedAt !== null;
  const length = started ? 1 + phase.logBytes + (phase.logClosed ? 1 : 0) : 0;
  const to = Math.min(length, offset + limit);
  const state = { isEmpty: phase.logBytes === 0, isClosed: phase.logClosed };
  if (offset >= to) return { bytes: Buffer.alloc(0), ...state };
  const parts: Buffer[] = [];
  if (offset === 0) parts.push(Buffer.from([startOfText]));
  // The log's own offsets are one less: the frame begins with STX.
  parts.push(await readLog(deps, phase, Math.max(0, offset - 1), Math.min(phase.logBytes, to - 1)));
  if (phase.logClosed && to === length) parts.push(Buffer.from([endOfText]));
  return { bytes: Buffer.concat(parts), ...state };
}

export interface LogText {
  readonly text: string;
  /** Where to go on reading, in bytes; not always the end of what there is. */
  readonly nextOffset: number;
  /** Nothing follows `nextOffset`, now or later. */
  readonly closed: boolean;
}

/**
 * At most `limit` bytes of a phase's log from this byte on, without cutting a character in two: an incomplete one at the
 * end is left for the next read.
 */
export async function readLogText(deps: LogDeps, phase: Phase, offset: number, limit: number): Promise<LogText> {
  const to = Math.min(phase.logBytes, offset + limit);
  const bytes = await readLog(deps, phase, offset, to);
  const isEnd = phase.logClosed && offset + bytes.length >= phase.logBytes;
  const whole = isEnd ? bytes : bytes.subarray(0, wholeCharacters(bytes));
  return { text: whole.toString("utf8"), nextOffset: offset + whole.length, closed: isEnd };
}

/** How many of these bytes end with a whole UTF-8 character. */
function wholeCharacters(bytes: Buffer): number {
  // The first byte of a character is at most three before its last.
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    const length = byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.length - back : bytes.length;
  }
  // No character begins there: not UTF-8, so nothing can be cut in two.
  return bytes.length;
}

async function readLog(deps: LogDeps, phase: Phase, from: number, to: number): Promise<Buffer> {
  if (from >= to) return Buffer.alloc(0);
  const chunks = phase.logKey === null ? await listChunks(deps.db, phase.id, from, to) : [];
  if (chunks.length > 0) {
    return Buffer.concat(chunks.map(({ startAt, bytes }) => bytes.subarray(Math.max(0, from - startAt), to - startAt)));
  }
  // Compacted, perhaps between the two statements above.
  const key = phase.logKey ?? (await findPhase(deps.db, phase.id))?.logKey;
  return (key == null ? undefined : await deps.blobs.getRange(key, from, to)) ?? Buffer.alloc(0);
}

/** Moves the chunks of a log that is closed into one blob. Repeatable. */
export async function compactLog(deps: LogDeps, phaseId: string): Promise<void> {
  const phase = await findPhase(deps.db, phaseId);
  if (phase === undefined || !phase.logClosed || phase.logKey !== null || phase.logBytes === 0) return;
  const chunks = await listChunks(deps.db, phaseId, 0, phase.logBytes);
  const key = `logs/${phaseId}`;
  await deps.blobs.put(key, Buffer.concat(chunks.map((chunk) => chunk.bytes)));
  await deps.db.transaction().execute(async (tx) => {
    const locked = await lockPhase(tx, phaseId);
    if (locked === undefined) return;
    await savePhase(tx, { ...locked, logKey: key });
    await deleteChunks(tx, phaseId);
  });
}
