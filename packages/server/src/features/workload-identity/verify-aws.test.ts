import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DomainError } from "../../platform/errors.ts";
import { createOutboundClient, type OutboundClient } from "../../platform/outbound/index.ts";
import { askAws, checkSignedRequest, type SignedAwsRequest } from "./verify-aws.ts";

const name = "iam/project/p/service-principal/ci/workload-identity-provider/aws";
const url = "https://sts.eu-central-1.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15";

function signed(
  change: Partial<SignedAwsRequest> = {},
  headers: Record<string, string | undefined> = {},
): SignedAwsRequest {
  const all = {
    Authorization:
      "AWS4-HMAC-SHA256 Credential=AKIA/20261128/eu-central-1/sts/aws4_request, SignedHeaders=host;x-amz-date;x-hcp-workload-identity-provider, Signature=abc",
    Host: "sts.eu-central-1.amazonaws.com",
    "X-Amz-Date": "20261128T000000Z",
    "X-Hcp-Workload-Identity-Provider": name,
    "X-Unsigned": "not sent on",
    ...headers,
  };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
  return { method: "POST", url, body: "", headers: given, ...change };
}

describe("a signed request for the caller's identity", () => {
  it("is sent on with what was signed and nothing else", () => {
    const { url: target, headers } = checkSignedRequest(signed(), name);
    expect(target).toBe("https://sts.eu-central-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15");
    expect(Object.keys(headers).sort()).toEqual([
      "authorization",
      "host",
      "x-amz-date",
      "x-hcp-workload-identity-provider",
    ]);
  });

  it.each([
    "https://sts.amazonaws.com",
    "https://sts.us-gov-west-1.amazonaws.com",
    "https://sts.ap-southeast-2.amazonaws.com",
  ])("goes to %s", (origin) => {
    const request = signed(
      { url: `${origin}/?Action=GetCallerIdentity&Version=2011-06-15` },
      { Host: new URL(origin).hostname },
    );
    expect(checkSignedRequest(request, name).url).toContain(origin);
  });

  it.each([
    "http://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
    "https://sts.amazonaws.com:8443/?Action=GetCallerIdentity&Version=2011-06-15",
    "https://sts.amazonaws.com.evil.example/?Action=GetCallerIdentity&Version=2011-06-15",
    "https://evil.example/sts.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15",
    "https://sts.evil.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
    "https://sts.x.eu-central-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
    "https://iam.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
    "https://user@sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
    "https://sts.amazonaws.com/path?Action=GetCallerIdentity&Version=2011-06-15",
    "https://sts.amazonaws.com/?Action=AssumeRole&Version=2011-06-15",
    "https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&Action=AssumeRole",
    "https://sts.amazonaws.com/",
    "https://169.254.169.254/?Action=GetCallerIdentity&Version=2011-06-15",
    "nonsense",
  ])("goes nowhere else: %s", (target) => {
    const host = URL.canParse(target) ? new URL(target).hostname : "";
    expect(() => checkSignedRequest(signed({ url: target }, { Host: host }), name)).toThrow(DomainError);
  });

  it.each([
    ["another method", signed({ method: "GET" })],
    ["a second action in the body", signed({ body: "Action=GetCallerIdentity&Version=2011-06-15" })],
    ["the name of another provider", signed({}, { "X-Hcp-Workload-Identity-Provider": `${name}2` })],
    ["no name", signed({}, { "X-Hcp-Workload-Identity-Provider": undefined })],
    ["another host", signed({}, { Host: "sts.amazonaws.com" })],
    ["no signature", signed({}, { Authorization: undefined })],
    [
      "a name outside of the signature",
      signed({}, { Authorization: "AWS4-HMAC-SHA256 Credential=A, SignedHeaders=host;x-amz-date, Signature=abc" }),
    ],
    ["a line break in a header", signed({}, { "X-Amz-Date": "a\r\nb: c" })],
    ["a header of no end", signed({}, { "X-Amz-Date": "x".repeat(9000) })],
  ])("is refused with %s", (_what, request) => {
    expect(() => checkSignedRequest(request, name)).toThrow(DomainError);
  });
});

// AWS itself is out of reach of a test: a stand-in answers on loopback in its words, and the outbound client is bent to it.
describe("what AWS says, by a stand-in", () => {
  const answer = { status: 200, body: "" };
  const seen: { url: string; headers: Record<string, unknown> }[] = [];
  let outbound: OutboundClient;
  let close: () => void;
  beforeAll(async () => {
    const server = createServer((request, response) => {
      seen.push({ url: request.url ?? "", headers: request.headers });
      response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const loopback = createOutboundClient({ allowPrivate: ["127.0.0.1"], timeoutMs: 2000 });
    const { port } = server.address() as AddressInfo;
    outbound = {
      ...loopback,
      send: ({ url: target, ...request }) => {
        const { host, pathname, search } = new URL(target);
        expect(host).toBe("sts.eu-central-1.amazonaws.com");
        return loopback.send({ ...request, url: `http://127.0.0.1:${port}${pathname}${search}` });
      },
    };
    close = () => {
      server.closeAllConnections();
      server.close();
      void loopback.close();
    };
  });
  afterAll(() => close());

  const identity = (result: object) =>
    JSON.stringify({ GetCallerIdentityResponse: { GetCallerIdentityResult: result } });

  it("is who signed", async () => {
    answer.body = identity({
      Account: "123456789012",
      Arn: "arn:aws:sts::123456789012:assumed-role/ci/i-1",
      UserId: "AROA:i-1",
    });
    expect(await askAws(outbound, signed(), name)).toEqual({
      account_id: "123456789012",
      arn: "arn:aws:sts::123456789012:assumed-role/ci/i-1",
      user_id: "AROA:i-1",
    });
    expect(seen.at(-1)).toMatchObject({
      url: "/?Action=GetCallerIdentity&Version=2011-06-15",
      headers: {
        accept: "application/json",
        "x-hcp-workload-identity-provider": name,
        host: "sts.eu-central-1.amazonaws.com",
      },
    });
    expect(seen.at(-1)?.headers["x-unsigned"]).toBeUndefined();
  });

  it.each([
    [403, "{}", "exchange_refused"],
    [200, "<xml/>", "exchange_refused"],
    [200, identity({ Account: 1 }), "exchange_refused"],
    [302, "", "exchange_refused"],
    [503, "", "aws_unavailable"],
  ])("is refused when it is %s %s", async (status, body, code) => {
    Object.assign(answer, { status, body });
    await expect(askAws(outbound, signed(), name)).rejects.toMatchObject({ code });
  });
});
