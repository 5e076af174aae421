import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { mayDial, parseAllowedTargets } from "./address-rules.ts";
import { createOutboundClient, type OutboundOptions, type ResolvedAddress } from "./outbound-client.ts";

const nothing = parseAllowedTargets([]);

describe("an address that may be dialled", () => {
  it.each(["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"])("is public, as %s", (address) => {
    expect(mayDial(address, nothing)).toBe(true);
  });

  it.each([
    ["loopback", "127.0.0.1"],
    ["loopback", "127.9.9.9"],
    ["loopback", "::1"],
    ["private", "10.0.0.1"],
    ["private", "172.31.255.255"],
    ["private", "192.168.1.1"],
    ["link-local, where clouds keep their metadata", "169.254.169.254"],
    ["link-local", "fe80::1"],
    ["unique-local", "fd00:ec2::254"],
    ["carrier-grade NAT", "100.64.0.1"],
    ["multicast", "224.0.0.1"],
    ["multicast", "ff02::1"],
    ["unspecified", "0.0.0.0"],
    ["unspecified", "0.1.2.3"],
    ["unspecified", "::"],
    ["broadcast", "255.255.255.255"],
    ["reserved", "240.0.0.1"],
    ["documentation", "192.0.2.1"],
    ["benchmarking", "198.18.0.1"],
    ["mapped loopback", "::ffff:127.0.0.1"],
    ["mapped metadata", "::ffff:a9fe:a9fe"],
    ["IPv4-compatible loopback", "::127.0.0.1"],
    ["NAT64 of a private address", "64:ff9b::a00:1"],
    ["6to4 of a private address", "2002:a00:1::1"],
    ["site-local", "fec0::1"],
    ["not an address", "localhost"],
  ])("is not %s: %s", (_name, address) => {
    expect(mayDial(address, nothing)).toBe(false);
  });

  it("may be one that the operator allows by address or network", () => {
    const allowed = parseAllowedTargets(["10.1.0.0/16", "192.168.7.7", "fd00::/8"]);
    expect(["10.1.2.3", "192.168.7.7", "fd12::1", "::ffff:10.1.2.3"].every((a) => mayDial(a, allowed))).toBe(true);
    expect(["10.2.0.1", "192.168.7.8", "fe80::1"].some((a) => mayDial(a, allowed))).toBe(false);
  });

  it("is allowed in terms that can be read, or not at all", () => {
    expect(() => parseAllowedTargets(["10.0.0.0/99"])).toThrow("10.0.0.0/99");
    expect(() => parseAllowedTargets(["http://hooks.internal"])).toThrow("http://hooks.internal");
  });
});

describe("the outbound client", () => {
  const closers: (() => Promise<unknown> | void)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
    const server: Server = createServer(handle);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closers.push(
      () =>
        new Promise<void>((resolve) => {
          server.closeAllConnections();
          server.close(() => resolve());
        }),
    );
    return (server.address() as AddressInfo).port;
  }

  function client(options: Partial<OutboundOptions> = {}) {
    const made = createOutboundClient({ allowPrivate: [], timeoutMs: 5000, ...options });
    closers.push(() => made.close());
    return made;
  }

  const post = (url: string) => ({ method: "POST" as const, url, headers: {}, body: "{}" });

  it.each([
    "http://127.0.0.1:1/",
    "http://2130706433:1/",
    "http://0x7f.1:1/",
    "http://0177.0.0.1:1/",
    "http://127.1:1/",
    "http://[::1]:1/",
    "http://[::ffff:127.0.0.1]:1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://localhost:1/",
    "http://localhost.:1/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "https://user:secret@example.com/",
    "not a url",
  ])("refuses %s", async (url) => {
    await expect(client().send(post(url))).rejects.toMatchObject({ kind: "invalid", code: "outbound_refused" });
  });

  it("refuses a name when one of its addresses is private, without saying which", async () => {
    const resolve = async (): Promise<ResolvedAddress[]> => [
      { address: "93.184.215.14", family: 4 },
      { address: "10.20.30.40", family: 4 },
    ];
    const failure = client({ resolve }).send(post("http://mixed.example/"));
    await expect(failure).rejects.toMatchObject({ code: "outbound_refused" });
    await expect(failure).rejects.not.toThrow("10.20.30.40");
  });

  it("dials the address that was checked, also when the name answers otherwise a second time", async () => {
    let secretHits = 0;
    const port = await listen((request, response) => {
      secretHits++;
      response.end(request.url);
    });
    let asked = 0;
    // The first answer is allowed and nobody listens there; the second would reach the service on loopback.
    const resolve = async (): Promise<ResolvedAddress[]> => [
      { address: asked++ === 0 ? "127.0.0.2" : "127.0.0.1", family: 4 },
    ];
    const outbound = client({ resolve, allowPrivate: ["127.0.0.2"] });
    await expect(outbound.send(post(`http://rebind.example:${port}/`))).rejects.toMatchObject({
      code: "outbound_failed",
    });
    expect([asked, secretHits]).toEqual([1, 0]);
    await expect(outbound.send(post(`http://rebind.example:${port}/`))).rejects.toMatchObject({
      code: "outbound_refused",
    });
    expect([asked, secretHits]).toEqual([2, 0]);
  });

  it("calls what the operator allows, by name", async () => {
    const port = await listen((_request, response) => response.writeHead(201, { "x-tag": ["a", "b"] }).end("made"));
    const resolve = async (): Promise<ResolvedAddress[]> => [{ address: "127.0.0.1", family: 4 }];
    const outbound = client({ resolve, allowPrivate: ["Hooks.Internal"] });
    const reply = await outbound.send(post(`http://hooks.internal:${port}/`));
    expect(reply).toMatchObject({ status: 201, body: "made", headers: { "x-tag": ["a", "b"] } });
  });

  it("follows no redirect", async () => {
    let hits = 0;
    const port = await listen((_request, response) => {
      hits++;
      response.writeHead(302, { location: "/again" }).end();
    });
    const reply = await client({ allowPrivate: ["127.0.0.1"] }).send(post(`http://127.0.0.1:${port}/`));
    expect([reply.status, hits]).toEqual([302, 1]);
  });

  it("reads the first 16 KiB of an answer that never ends", async () => {
    const port = await listen((_request, response) => {
      const write = (): void => {
        while (!response.destroyed && response.write("x".repeat(4096)));
        response.once("drain", write);
      };
      write();
    });
    const reply = await client({ allowPrivate: ["127.0.0.1"] }).send(post(`http://127.0.0.1:${port}/`));
    expect(reply.body.length).toBe(16_384);
  });

  it.each([
    ["says nothing", () => {}],
    ["begins an answer and stops", (response: ServerResponse) => void response.writeHead(200).write("begun")],
  ])("gives up at the deadline on a target that %s", async (_name, answer) => {
    const port = await listen((_request, response) => answer(response));
    const outbound = client({ allowPrivate: ["127.0.0.0/8"], timeoutMs: 150 });
    await expect(outbound.send(post(`http://127.0.0.1:${port}/`))).rejects.toMatchObject({
      kind: "unavailable",
      code: "outbound_failed",
      message: `127.0.0.1:${port} did not answer within 0.15 s.`,
    });
  });
});
