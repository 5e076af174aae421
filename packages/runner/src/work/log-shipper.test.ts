import { describe, expect, it } from "vitest";
import { createLogShipper } from "./log-shipper.ts";

interface Put {
  readonly offset: number;
  readonly bytes: Buffer;
  readonly answer: (error?: Error) => void;
}

function setUp(options: { readonly bytesMax?: number; readonly automatic?: boolean; readonly flushMs?: number } = {}) {
  const puts: Put[] = [];
  const lost: unknown[] = [];
  let arrived = () => {};
  const shipper = createLogShipper({
    flushMs: options.flushMs ?? 5,
    onLost: (error) => lost.push(error),
    put: (offset, bytes) =>
      new Promise((resolve, reject) => {
        puts.push({ offset, bytes, answer: (error) => (error === undefined ? resolve() : reject(error)) });
        if (options.automatic === true) resolve();
        arrived();
      }),
    ...(options.bytesMax === undefined ? {} : { bytesMax: options.bytesMax }),
  });
  const nextPut = async (count: number) => {
    while (puts.length < count) await new Promise<void>((resolve) => (arrived = resolve));
    const put = puts[count - 1];
    if (put === undefined) throw new Error("unreachable");
    return put;
  };
  return { shipper, puts, lost, nextPut, text: () => Buffer.concat(puts.map((put) => put.bytes)).toString() };
}

describe("shipping a log", () => {
  it("sends one chunk at a time, in order, with what gathered meanwhile", async () => {
    const { shipper, puts, nextPut, text } = setUp();
    void shipper.write(Buffer.from("one "));
    void shipper.write(Buffer.from("two "));
    const first = await nextPut(1);
    void shipper.write(Buffer.from("three "));
    void shipper.write(Buffer.from("four"));
    expect(puts).toHaveLength(1);
    first.answer();
    const closed = shipper.close();
    (await nextPut(2)).answer();
    await closed;
    expect(puts.map((put) => [put.offset, put.bytes.toString()])).toEqual([
      [0, "one two "],
      [8, "three four"],
    ]);
    expect(text()).toBe("one two three four");
  });

  it("sends what comes after a pause at once, and gathers what follows", async () => {
    const { shipper, puts, nextPut } = setUp({ flushMs: 3_600_000 });
    void shipper.write(Buffer.from("first "));
    (await nextPut(1)).answer();
    void shipper.write(Buffer.from("second "));
    void shipper.write(Buffer.from("third"));
    expect(puts).toHaveLength(1);
    const closed = shipper.close();
    (await nextPut(2)).answer();
    await closed;
    expect(puts.map((put) => put.bytes.toString())).toEqual(["first ", "second third"]);
  });

  it("asks the writer to wait while the server does not take more, and bounds what it holds", async () => {
    const { shipper, nextPut } = setUp();
    const block = Buffer.alloc(64 * 1024, "x");
    let written = 0;
    let wait: Promise<void> | undefined;
    while (wait === undefined && written < 100) {
      wait = shipper.write(block);
      written++;
    }
    expect(written).toBeLessThanOrEqual(33);
    let open = false;
    void wait?.then(() => (open = true));
    (await nextPut(1)).answer();
    (await nextPut(2)).answer();
    await wait;
    expect(open).toBe(true);
  });

  it("ends a log that is too long with a line that says so", async () => {
    const { shipper, text } = setUp({ bytesMax: 10, automatic: true });
    void shipper.write(Buffer.from("123456"));
    void shipper.write(Buffer.from("789abc"));
    void shipper.write(Buffer.from("never"));
    await shipper.close();
    expect(text()).toBe("123456789a\n\nThe log has reached its limit of 10 bytes. The rest is not kept.\n");
  });

  it("drops the rest, holds up nobody and says so once, when a chunk cannot be delivered", async () => {
    const { shipper, puts, lost, nextPut } = setUp();
    void shipper.write(Buffer.alloc(3 * 1024 * 1024));
    const wait = shipper.write(Buffer.from("x"));
    (await nextPut(1)).answer(new Error("gone"));
    await wait;
    expect(shipper.write(Buffer.from("more"))).toBeUndefined();
    await shipper.close();
    expect(puts).toHaveLength(1);
    expect(lost).toHaveLength(1);
  });
});
