import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Connection } from "../connection/connection.ts";

interface RecordedCall {
  /** Method and path below the project, such as `GET /buckets/base`. */
  readonly call: string;
  readonly body: unknown;
}

export interface FakeRegistry {
  readonly connection: Connection;
  readonly calls: RecordedCall[];
  /** Answers instead of the fake, when the call matches. */
  readonly overrides: Map<string, { status: number; body: unknown }>;
  readonly versions: Map<string, FakeVersion>;
  close(): Promise<void>;
}

interface FakeVersion {
  id: string;
  bucket_name: string;
  name: string;
  status: string;
  fingerprint: string;
  template_type: string;
  builds: Record<string, unknown>[];
}

const prefix = "/packer/2023-01-01/organizations/org/projects/project";

/**
 * As much of a registry as the publish sequence touches, which writes down what it is asked. A version is complete when
 * all its builds are done, as in the real one.
 */
export async function startFakeRegistry(): Promise<FakeRegistry> {
  const calls: RecordedCall[] = [];
  const overrides: FakeRegistry["overrides"] = new Map();
  const buckets = new Map<string, Record<string, unknown>>();
  const versions: FakeRegistry["versions"] = new Map();
  let ids = 0;

  const answer = (method: string, path: string, body: Record<string, unknown>): { status: number; body: unknown } => {
    const [, noun, bucket = "", , fingerprint = "", , buildId] = path.split("/");
    if (noun === "enforced_blocks") return { status: 404, body: { code: 5, message: "none" } };
    if (method === "PUT" && path === "/buckets") {
      buckets.set(String(body["name"]), { id: `bucket-${++ids}`, ...body });
      return { status: 200, body: { bucket: buckets.get(String(body["name"])) } };
    }
    const found = buckets.get(bucket);
    if (found === undefined) return { status: 404, body: { code: 5, message: "no such bucket" } };
    if (path.includes("/channels/")) return { status: 200, body: { channel: { id: "channel", name: fingerprint } } };
    if (!path.includes("/versions")) {
      Object.assign(found, method === "PATCH" ? body : {});
      return { status: 200, body: { bucket: found } };
    }
    if (method === "POST" && path.endsWith("/versions")) {
      const version: FakeVersion = {
        id: `version-${++ids}`,
        bucket_name: bucket,
        name: "v0",
        status: "VERSION_RUNNING",
        fingerprint: String(body["fingerprint"]),
        template_type: String(body["template_type"]),
        builds: [],
      };
      versions.set(version.fingerprint, version);
      return { status: 200, body: { version } };
    }
    const version = versions.get(fingerprint);
    if (version === undefined) return { status: 409, body: { code: 10, message: "no such version" } };
    if (method === "GET" && path.endsWith("/builds")) return { status: 200, body: { builds: version.builds } };
    if (method === "POST" && path.endsWith("/builds")) {
      const build = { id: `build-${++ids}`, version_id: version.id, labels: {}, ...body };
      version.builds.push(build);
      return { status: 200, body: { build } };
    }
    if (buildId === undefined) return { status: 200, body: { version } };
    const build = version.builds.find((b) => b["id"] === buildId);
    if (build === undefined) return { status: 404, body: { code: 5, message: "no such build" } };
    Object.assign(build, body);
    if (version.builds.every((b) => b["status"] === "BUILD_DONE")) {
      Object.assign(version, { name: "v1", status: "VERSION_ACTIVE" });
    }
    return { status: 200, body: { build } };
  };

  const server = createServer((request, response) => {
    void readBody(request).then((text) => {
      const path = request.url ?? "";
      const method = request.method ?? "";
      const reply = (status: number, body: unknown): void => {
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      };
      if (path === "/oauth2/token") return reply(200, { access_token: "t", token_type: "Bearer", expires_in: 3600 });
      const body = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
      const below = path.slice(prefix.length);
      const call = `${method} ${below}`;
      calls.push({ call, body: text === "" ? undefined : body });
      const { status, body: answered } = overrides.get(call) ?? answer(method, below, body);
      return reply(status, answered);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    connection: {
      url,
      authUrl: url,
      ca: undefined,
      organizationId: "org",
      projectId: "project",
      clientId: "id",
      clientSecret: "secret",
      token: undefined,
    },
    calls,
    overrides,
    versions,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
