export interface LogShipperOptions {
  /** Delivers a chunk, or rejects when it never will. The same chunk is never cut in another way. */
  readonly put: (offset: number, bytes: Buffer) => Promise<void>;
  /** Called once, when a chunk could not be delivered; the rest of the log is dropped. */
  readonly onLost: (error: unknown) => void;
  readonly flushMs?: number;
  readonly bytesMax?: number;
}

export interface LogShipper {
  /** Takes bytes in order. A promise asks to write no more until it resolves; memory stays bounded by it. */
  write(bytes: Buffer): Promise<void> | undefined;
  /** Resolves when everything is delivered. */
  close(): Promise<void>;
}

const flushBytes = 64 * 1024;
// Below the 1 MiB that the server takes in one request.
const chunkBytesMax = 512 * 1024;
const waitingBytesMax = 2 * 1024 * 1024;
// As much as the server keeps.
const logBytesMax = 64 * 1024 * 1024;

/**
 * Ships a log in order: one request at a time, and one in 250 ms unless 64 KiB have gathered. After a pause what is
 * written goes at once.
 */
export function createLogShipper(options: LogShipperOptions): LogShipper {
  const flushMs = options.flushMs ?? 250;
  const bytesMax = options.bytesMax ?? logBytesMax;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let writtenBytes = 0;
  let offset = 0;
  let closing = false;
  let lost = false;
  let sentAt = -Infinity;
  let loop: Promise<void> | undefined;
  let hurry: (() => void) | undefined;
  let room: { readonly promise: Promise<void>; readonly open: () => void } | undefined;

  function take(): Buffer {
    const all = waiting.length === 1 && waiting[0] !== undefined ? waiting[0] : Buffer.concat(waiting);
    const chunk = all.subarray(0, chunkBytesMax);
    waiting = all.length > chunk.length ? [all.subarray(chunk.length)] : [];
    waitingBytes -= chunk.length;
    return chunk;
  }

  async function ship(): Promise<void> {
    while (waitingBytes > 0 && !lost) {
      if (waitingBytes < flushBytes && !closing) await gather();
      const chunk = take();
      sentAt = performance.now();
      try {
        await options.put(offset, chunk);
        offset += chunk.length;
      } catch (error) {
        lost = true;
        waiting = [];
        waitingBytes = 0;
        options.onLost(error);
      }
      if (waitingBytes < waitingBytesMax) {
        room?.open();
        room = undefined;
      }
    }
  }

  function gather(): Promise<void> {
    return new Promise((resolve) => {
      // Also at once is after what is being written now.
      const timer = setTimeout(resolve, Math.max(0, sentAt + flushMs - performance.now()));
      hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  function add(bytes: Buffer): void {
    waiting.push(bytes);
    waitingBytes += bytes.length;
    if (waitingBytes >= flushBytes) hurry?.();
    loop ??= ship().finally(() => (loop = undefined));
  }

  return {
    write(bytes) {
      if (lost || bytes.length === 0 || writtenBytes >= bytesMax) return undefined;
      const kept = bytes.subarray(0, bytesMax - writtenBytes);
      writtenBytes += kept.length;
      add(kept);
      if (writtenBytes >= bytesMax) {
        add(Buffer.from(`\n\nThe log has reached its limit of ${describeBytes(bytesMax)}. The rest is not kept.\n`));
      }
      if (waitingBytes < waitingBytesMax) return undefined;
      if (room === undefined) {
        let open = () => {};
        room = { promise: new Promise<void>((resolve) => (open = resolve)), open };
      }
      return room.promise;
    },
    async close() {
      closing = true;
      hurry?.();
      await loop;
    },
  };
}

function describeBytes(bytes: number): string {
  return bytes >= 1 << 20 ? `${Math.floor(bytes / (1 << 20))} MiB` : `${bytes} bytes`;
}
