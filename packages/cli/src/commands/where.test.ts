import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { callCommand } from "../testing/call-command.ts";

const use = {
  workspace: { id: "ws-1", name: "machines" },
  resource: "devcloud_machine.web[0]",
  attribute: "image",
  external_identifier: `sha256:${"a".repeat(64)}`,
  bucket: "golden-app",
  version: "v1",
  fingerprint: "f1",
  status: "revoked",
  channel: "production",
  channel_version: "v2",
  revoke_at: "2030-01-02T03:04:05.000Z",
  revocation_message: "CVE-1",
  behind_since: "2030-01-01T00:00:00.000Z",
  descends_from: null as { bucket: string; version: string } | null,
};
const unknown = {
  workspace: { id: "ws-2", name: "legacy" },
  resource: "aws_instance.old",
  attribute: "ami",
  external_identifier: "ami-1",
  bucket: null,
  version: null,
  fingerprint: null,
  status: "untracked",
  channel: null,
  channel_version: null,
  revoke_at: null,
  revocation_message: null,
  behind_since: null,
  descends_from: null,
};

let server: Server;
/** By the question, without the limit. */
interface Answer {
  readonly status?: number;
  readonly body: string;
}
let answers: Record<string, Answer>;
const page = (uses: object[], next: string | null = null): Answer => ({
  body: JSON.stringify({ image_uses: uses, next }),
});
let environment: Record<string, string>;
beforeEach(async () => {
  answers = { "": page([use, unknown]) };
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://ingot");
    searchParams.delete("limit");
    const known = request.headers.authorization === "Bearer token" && pathname === "/api/v1/image-uses";
    const answer = answers[searchParams.toString()] ?? page([]);
    response.writeHead(known ? (answer.status ?? 200) : 401).end(known ? answer.body : '{"message":"who are you"}');
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  environment = {
    HCP_API_ADDRESS: address,
    HCP_API_TLS: "disabled",
    HCP_AUTH_URL: `http://${address}`,
    HCP_CLIENT_ID: "i",
    HCP_CLIENT_SECRET: "s",
    HCP_ORGANIZATION_ID: "o",
    HCP_PROJECT_ID: "p",
    INGOT_TOKEN: "token",
  };
});
afterEach(() => void server.close());

const where = (...args: string[]) => callCommand(["where", ...args], { environment });

describe("ingot where", () => {
  it("lists which resource of which workspace uses which image", async () => {
    expect((await where()).out.split("\n")).toEqual([
      "WORKSPACE  RESOURCE                       IMAGE          STATUS     CHANNEL     IDENTIFIER                NOTE",
      "machines   devcloud_machine.web[0].image  golden-app v1  revoked    production  sha256:aaaaaaaaaaaaaaaa…  CVE-1",
      "legacy     aws_instance.old.ami           -              untracked  -           ami-1",
    ]);
  });

  it("says since when a use is behind, and from when on a version will be revoked", async () => {
    answers[""] = page([
      { ...use, status: "behind" },
      { ...use, status: "scheduled" },
    ]);
    const { out } = await where();
    expect(out).toContain("production is v2; behind since 2030-01-01 00:00 UTC");
    expect(out).toContain("from 2030-01-02 03:04 UTC: CVE-1");
  });

  it("asks the server for what it filters by", async () => {
    answers["status=behind%2Crevoked&bucket=golden-app"] = page([use]);
    expect((await where("--status", "behind", "--status=revoked", "golden-app")).out).toContain("golden-app v1");
    expect(await where("--status", "bad")).toMatchObject({ status: 2, err: expect.stringContaining("Known: current") });
  });

  it("lists what descends from an image, and from what exactly", async () => {
    answers["bucket=golden-base&version=v1"] = page([
      { ...use, descends_from: { bucket: "golden-base", version: "v1" } },
    ]);
    const { out } = await where("golden-base", "v1");
    expect(out).toContain("DESCENDS FROM");
    expect(out).toContain("golden-base v1");
  });

  it("takes a name that is no bucket for an identifier", async () => {
    answers["identifier=ami-1"] = page([unknown]);
    expect(JSON.parse((await where("--json", "ami-1")).out)).toEqual({ image_uses: [unknown] });
  });

  it("reads every page", async () => {
    answers[""] = page([use], "cursor");
    answers["after=cursor"] = page([unknown]);
    expect(JSON.parse((await where("--json")).out)).toEqual({ image_uses: [use, unknown] });
  });

  it("says so when nothing uses it", async () => {
    expect(await where("another")).toMatchObject({ status: 0, out: "No resource uses an image that Ingot knows." });
  });

  it("passes on why the server refuses, and does not guess at an answer it does not know", async () => {
    answers[""] = { status: 503, body: '{"message":"come back later"}' };
    expect(await where()).toMatchObject({ status: 1, err: expect.stringContaining("(HTTP 503): come back later") });
    answers[""] = { body: "<html>" };
    expect(await where()).toMatchObject({ status: 1, err: expect.stringContaining("something else than expected") });
  });

  it("says what to set when it does not know the server, and when nothing listens there", async () => {
    expect((await callCommand(["where"], { environment: { ...environment, HCP_PROJECT_ID: "" } })).err).toContain(
      "HCP_PROJECT_ID is not set",
    );
    server.close();
    const { err, status } = await where();
    expect(status).toBe(1);
    expect(err).toContain("cannot be reached: nothing listens there; start it with `ingot serve`");
  });
});
