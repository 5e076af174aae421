import { createServer } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { createServerCertificate, type KeyPairPem } from "../platform/pki/certificates.ts";

export interface ServedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly json: any;
}

/**
 * A stand-in for HCP Terraform on a free loopback port with TLS: it shows a plan and takes the reports of run tasks. It
 * speaks what the published run task protocol says and is no more than that.
 */
export interface RunTaskService {
  readonly host: string;
  readonly url: string;
  /** In the order in which they came. */
  readonly requests: ServedRequest[];
  /** What a request is answered, as long as it is here. By method and path. */
  readonly answers: Map<string, { status: number; body?: unknown; location?: string }>;
  close(): Promise<void>;
}

export async function startRunTaskService(authority: KeyPairPem): Promise<RunTaskService> {
  const { certificate, key } = await createServerCertificate(authority, ["127.0.0.1"], Date.now());
  const requests: ServedRequest[] = [];
  const answers: RunTaskService["answers"] = new Map();
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const { method = "", url: path = "", headers } = request;
      requests.push({ method, path, headers, json: text === "" ? undefined : JSON.parse(text) });
      const answer = answers.get(`${method} ${path}`) ?? { status: 404 };
      response
        .writeHead(answer.status, {
          "content-type": "application/json",
          ...(answer.location === undefined ? {} : { location: answer.location }),
        })
        .end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `https://${host}`,
    requests,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
