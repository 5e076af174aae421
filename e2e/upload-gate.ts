import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { request } from "node:https";

/** Stands between a runner and a server, and can stop uploads of states half-way. */
export interface UploadGate {
  readonly url: string;
  /** From now on half of every state is passed on, and the rest kept back. Resolves when one is held so. */
  hold(): Promise<void>;
  /** Ends what is held without an answer; what comes from now on passes. */
  release(): void;
  close(): Promise<void>;
}

export async function startUploadGate(options: {
  readonly port: number;
  /** `https://…` */
  readonly upstream: string;
  readonly ca: string;
}): Promise<UploadGate> {
  let isHolding = false;
  let onHeld = (): void => {};
  const held = new Set<() => void>();

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { method, headers } = incoming;
    const upstream = request(new URL(incoming.url ?? "/", options.upstream), { method, headers, ca: options.ca });
    const giveUp = (): void => {
      upstream.destroy();
      outgoing.destroy();
    };
    upstream.on("error", giveUp);
    outgoing.on("close", () => upstream.destroy());
    upstream.on("response", (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on("error", giveUp).pipe(outgoing);
    });
    if (isHolding && incoming.url?.includes("/state-upload/") === true) {
      held.add(giveUp);
      upstream.write(body.subarray(0, body.length >> 1), () => onHeld());
    } else {
      upstream.end(body);
    }
  }

  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(options.port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${options.port}`,
    hold() {
      isHolding = true;
      return new Promise((resolve) => (onHeld = resolve));
    },
    release() {
      isHolding = false;
      for (const giveUp of held) giveUp();
      held.clear();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
