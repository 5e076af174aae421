import { writeFile, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from "jose";
import { Provider } from "oidc-provider";
import { Agent, fetch as undiciFetch } from "undici";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAuthority, createServerCertificate } from "../../platform/pki/certificates.ts";
import { databasesUnderTest } from "../../testing/index.ts";
import { startIam, type IamUnderTest } from "./testing/iam-under-test.ts";

/** A certified OpenID provider library with one client, beside an issuer whose tokens the test writes by itself. */
interface Issuers {
  readonly caFile: string;
  /** Of the real provider. */
  readonly issuer: string;
  /** Of the one that signs what it is told. */
  readonly handmade: string;
  /** What the handmade one serves, and how often it was asked. */
  readonly served: { keys: JWK[]; issuer: string | undefined; hits: number; status: number };
  tokenFor(resource: string): Promise<string>;
  close(): Promise<void>;
}

async function startIssuers(): Promise<Issuers> {
  const directory = await mkdtemp(join(tmpdir(), "ingot-issuers-"));
  const authority = await createAuthority("issuers", Date.now());
  const pair = await createServerCertificate(authority, ["127.0.0.1"], Date.now());
  const caFile = join(directory, "ca.pem");
  await writeFile(caFile, authority.certificate);
  const tls = { cert: pair.certificate, key: pair.key };

  const server = createServer(tls);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "ci",
        client_secret: "ci-secret",
        grant_types: ["client_credentials"],
        redirect_uris: [],
        response_types: [],
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: "real", use: "sig", alg: "RS256" }] },
    ttl: { ClientCredentials: () => 600 },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context: unknown, resource: string) => ({
          scope: "",
          audience: resource.replace("urn:", ""),
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
  });
  server.on("request", provider.callback());

  const served: Issuers["served"] = { keys: [], issuer: undefined, hits: 0, status: 200 };
  const second = createServer(tls, (request, response) => {
    served.hits++;
    const body = request.url?.endsWith("/keys")
      ? { keys: served.keys }
      : { issuer: served.issuer ?? handmade, jwks_uri: `${handmade}/keys` };
    response.writeHead(served.status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => second.listen(0, "127.0.0.1", resolve));
  const handmade = `https://127.0.0.1:${(second.address() as AddressInfo).port}`;
  const dispatcher = new Agent({ connect: { ca: authority.certificate } });

  return {
    caFile,
    issuer,
    handmade,
    served,
    async tokenFor(audience) {
      const answer = await undiciFetch(`${issuer}/token`, {
        dispatcher,
        method: "POST",
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          authorization: `Basic ${Buffer.from("ci:ci-secret").toString("base64")}`,
        },
        body: new URLSearchParams({ grant_type: "client_credentials", resource: `urn:${audience}` }).toString(),
      });
      const body = (await answer.json()) as { access_token?: string };
      if (body.access_token === undefined) throw new Error(JSON.stringify(body));
      return body.access_token;
    },
    async close() {
      await dispatcher.close();
      for (const one of [server, second]) {
        one.closeAllConnections();
        await new Promise((resolve) => one.close(resolve));
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}

describe.each(databasesUnderTest())("workload identity on $name", (kind) => {
  let issuers: Issuers;
  let iam: IamUnderTest;
  let principal: any;
  let signing: { key: CryptoKey; kid: string };
  beforeAll(async () => {
    issuers = await startIssuers();
    iam = await startIam(kind, {
      "outbound-allow": ["127.0.0.1"],
      "outbound-ca-file": issuers.caFile,
      "tokens-per-minute-max": 20,
      "token-refusals-per-minute-max": 20,
    });
    const path = `/2019-12-10/iam/project/${iam.projectId}/service-principals`;
    principal = (await iam.must("POST", path, { name: "builder" })).service_principal;
  });
  afterAll(async () => {
    await iam.close();
    await issuers.close();
  });
  beforeEach(async () => {
    signing = await newKey("first");
    Object.assign(issuers.served, { keys: [await publicJwk(signing)], issuer: undefined, status: 200 });
    // Whatever was remembered of the issuer is forgotten.
    iam.clock.now += 700_000;
  });

  const keysByKid = new Map<string, JWK>();
  async function newKey(kid: string): Promise<{ key: CryptoKey; kid: string }> {
    const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
    keysByKid.set(kid, { ...(await exportJWK(publicKey)), kid, alg: "ES256" });
    return { key: privateKey, kid };
  }
  const publicJwk = ({ kid }: { kid: string }) => Promise.resolve(keysByKid.get(kid) as JWK);

  let made = 0;
  async function aProvider(content: object): Promise<any> {
    const body = {
      name: `provider-${made++}`,
      provider: { conditional_access: 'jwt_claims.sub == "build"', ...content },
    };
    return (await iam.must("POST", `/2019-12-10/${principal.resource_name}/workload-identity-providers`, body))
      .provider;
  }
  const oidc = (allowedAudiences: string[] | null = null, issuerUri = issuers.handmade) => ({
    oidc_config: { issuer_uri: issuerUri, allowed_audiences: allowedAudiences },
  });

  function jwt(claims: Record<string, unknown>, by = signing, issuer: string = issuers.handmade): Promise<string> {
    const seconds = Math.floor(iam.clock.now / 1000);
    return new SignJWT({ iss: issuer, sub: "build", iat: seconds, exp: seconds + 300, ...claims })
      .setProtectedHeader({ alg: "ES256", kid: by.kid })
      .sign(by.key);
  }

  const exchange = (provider: any, body: object) =>
    iam.call("POST", `/2019-12-10/${provider.resource_name}/exchange-token`, body, null);
  const whoAmI = (token: string) => iam.call("GET", "/iam/2019-12-10/caller-identity", undefined, token);

  it("exchanges a token of a real OpenID provider for one of the service principal, for an hour", async () => {
    const provider = await aProvider({
      ...oidc([], issuers.issuer),
      conditional_access: 'jwt_claims.client_id == "ci"',
    });
    expect(provider.oidc_config).toEqual({ issuer_uri: issuers.issuer, allowed_audiences: [] });
    // The library tells the time by itself.
    const before = iam.clock.now;
    iam.clock.now = Date.now();
    try {
      const answer = await exchange(provider, { jwt_token: await issuers.tokenFor(provider.resource_name) });
      expect(answer.json).toEqual({ access_token: expect.any(String), expires_in: 3600 });
      expect((await whoAmI(answer.json.access_token)).json.principal.id).toBe(principal.id);
      const other = await exchange(provider, { jwt_token: await issuers.tokenFor("somebody-else") });
      expect(other).toMatchObject({ status: 401, json: { code: 16, message: expect.stringContaining("aud") } });
      iam.clock.now += 3_600_000;
      expect((await whoAmI(answer.json.access_token)).status).toBe(401);
    } finally {
      iam.clock.now = before;
    }
  });

  it("takes the provider's own name for the audience when none is configured, and only what is when some are", async () => {
    const [plain, named] = [await aProvider(oidc()), await aProvider(oidc(["one", "two"]))];
    expect((await exchange(plain, { jwt_token: await jwt({ aud: plain.resource_name }) })).status).toBe(200);
    expect((await exchange(plain, { jwt_token: await jwt({ aud: named.resource_name }) })).status).toBe(401);
    expect((await exchange(named, { jwt_token: await jwt({ aud: ["x", "two"] }) })).status).toBe(200);
    expect((await exchange(named, { jwt_token: await jwt({ aud: named.resource_name }) })).status).toBe(401);
    expect((await exchange(named, { jwt_token: await jwt({}) })).status).toBe(401);
  });

  it("takes the issuer with and without a slash at its end, as Azure writes it", async () => {
    const provider = await aProvider(oidc(["a"]));
    issuers.served.issuer = `${issuers.handmade}/`;
    expect((await exchange(provider, { jwt_token: await jwt({ aud: "a", iss: `${issuers.handmade}/` }) })).status).toBe(
      200,
    );
  });

  it("refuses whatever is not signed by the issuer, in the same words as a provider that does not exist", async () => {
    const provider = await aProvider(oidc(["a"]));
    const nobody = { resource_name: `${principal.resource_name}/workload-identity-provider/nobody` };
    const good = await jwt({ aud: "a" });
    const stranger = { key: (await generateKeyPair("ES256")).privateKey, kid: signing.kid };
    const symmetric = await new SignJWT({ iss: issuers.handmade, sub: "build", aud: "a", exp: 9e9 })
      .setProtectedHeader({ alg: "HS256", kid: signing.kid })
      .sign(new TextEncoder().encode(JSON.stringify(keysByKid.get(signing.kid))));
    const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${good.split(".")[1]}.`;
    const refusals = [
      await exchange(nobody, { jwt_token: good }),
      await exchange(provider, { jwt_token: await jwt({ aud: "a" }, stranger) }),
      await exchange(provider, { jwt_token: await jwt({ aud: "a" }, signing, "https://elsewhere.example") }),
      await exchange(provider, { jwt_token: `${good.slice(0, -8)}AAAAAAAA` }),
      await exchange(provider, { jwt_token: symmetric }),
      await exchange(provider, { jwt_token: unsigned }),
      await exchange(provider, { jwt_token: "nonsense" }),
      await exchange(
        await aProvider({ aws_config: { account_id: "123456789012" }, conditional_access: 'aws.arn matches "x"' }),
        { jwt_token: good },
      ),
    ];
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ status: 401, json: { code: 16, message: refusals[0]?.json.message } });
    }
    expect((await exchange(provider, {})).json.code).toBe(3);
  });

  it("refuses a token that has ended or is not yet good, or has no end, and one that the condition does not want", async () => {
    const provider = await aProvider({
      ...oidc(["a"]),
      conditional_access: 'jwt_claims.sub == "build" and "main" in jwt_claims.refs',
    });
    const seconds = Math.floor(iam.clock.now / 1000);
    for (const [claims, words] of [
      [{ exp: seconds - 60 }, "ended"],
      [{ nbf: seconds + 120 }, "nbf"],
      [{ exp: undefined }, "exp"],
      [{ sub: "deploy" }, "conditional access"],
      [{ refs: undefined }, "conditional access"],
    ] as const) {
      const answer = await exchange(provider, { jwt_token: await jwt({ aud: "a", refs: ["main"], ...claims }) });
      expect(answer, words).toMatchObject({ status: 401, json: { code: 16, message: expect.stringContaining(words) } });
    }
    expect((await exchange(provider, { jwt_token: await jwt({ aud: "a", refs: ["main"] }) })).status).toBe(200);
  });

  it("asks an issuer once for many tokens, again for a key that is new, and not for every failure", async () => {
    const provider = await aProvider(oidc(["a"]));
    const from = issuers.served.hits;
    const answers = await Promise.all(
      [1, 2, 3].map(async () => exchange(provider, { jwt_token: await jwt({ aud: "a" }) })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(issuers.served.hits - from).toBe(2);
    const second = await newKey("second");
    issuers.served.keys = [await publicJwk(second)];
    expect((await exchange(provider, { jwt_token: await jwt({ aud: "a" }, second) })).status).toBe(401);
    iam.clock.now += 31_000;
    expect((await exchange(provider, { jwt_token: await jwt({ aud: "a" }, second) })).status).toBe(200);
    expect(issuers.served.hits - from).toBe(4);

    iam.clock.now += 700_000;
    issuers.served.status = 500;
    for (let n = 0; n < 3; n++) {
      const answer = await exchange(provider, { jwt_token: await jwt({ aud: "a" }, second) });
      expect(answer).toMatchObject({ status: 503, json: { code: 14, message: expect.stringContaining("500") } });
    }
    expect(issuers.served.hits - from).toBe(5);
    issuers.served.status = 200;
    iam.clock.now += 31_000;
    expect((await exchange(provider, { jwt_token: await jwt({ aud: "a" }, second) })).status).toBe(200);
  });

  it("tells a provider that gives too many tokens to wait, and an address that guesses, and keeps out nobody else", async () => {
    const [busy, calm] = [await aProvider(oidc(["a"])), await aProvider(oidc(["a"]))];
    const [good, bad] = [await jwt({ aud: "a" }), await jwt({ aud: "another" })];
    const statuses = async (provider: any, token: string) => {
      const seen = [];
      for (let n = 0; n < 20; n++) seen.push((await exchange(provider, { jwt_token: token })).status);
      return [...new Set(seen)];
    };
    expect(await statuses(busy, good)).toEqual([200]);
    const waits = await exchange(busy, { jwt_token: good });
    expect(waits).toMatchObject({ status: 429, json: { code: 8, details: [] } });
    expect(Number(waits.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await exchange(calm, { jwt_token: good })).status).toBe(200);
    expect(await statuses(calm, bad)).toEqual([401]);
    const nobody = { resource_name: `${principal.resource_name}/workload-identity-provider/nobody` };
    expect(await exchange(nobody, { jwt_token: good })).toMatchObject({ status: 429, json: { code: 8 } });
    expect((await exchange(calm, { jwt_token: good })).status).toBe(200);
    iam.clock.now += 60_000;
    expect((await exchange(busy, { jwt_token: good })).status).toBe(200);
    expect((await exchange(calm, { jwt_token: bad })).status).toBe(401);
  });

  it("believes no issuer that speaks for another one, and calls none on the inside", async () => {
    issuers.served.issuer = "https://another.example";
    const provider = await aProvider(oidc(["a"]));
    expect(await exchange(provider, { jwt_token: await jwt({ aud: "a" }) })).toMatchObject({ status: 503 });
    const inside = await aProvider(oidc(["a"], "https://169.254.169.254"));
    const answer = await exchange(inside, { jwt_token: await jwt({ aud: "a" }, signing, "https://169.254.169.254") });
    expect(answer).toMatchObject({ status: 503, json: { message: expect.stringContaining("outbound-allow") } });
  });

  it("ends the tokens of a provider with it, and those of a service principal with that", async () => {
    const [one, two] = [await aProvider(oidc(["a"])), await aProvider(oidc(["a"]))];
    const tokens = [];
    for (const provider of [one, two]) {
      tokens.push((await exchange(provider, { jwt_token: await jwt({ aud: "a" }) })).json.access_token);
    }
    expect(await iam.call("DELETE", `/2019-12-10/${encodeURIComponent(one.resource_name)}`)).toMatchObject({
      status: 200,
      json: { resource_id: one.resource_id, resource_name: one.resource_name },
    });
    expect([(await whoAmI(tokens[0])).status, (await whoAmI(tokens[1])).status]).toEqual([401, 200]);
    expect((await exchange(one, { jwt_token: await jwt({ aud: "a" }) })).status).toBe(401);
    const rows = await iam.server.db.selectFrom("tokens").selectAll().execute();
    for (const token of tokens) expect(JSON.stringify(rows)).not.toContain(token);
  });

  describe("a provider", () => {
    const path = (provider: any) => `/2019-12-10/${encodeURIComponent(provider.resource_name)}`;

    it("is replaced as a whole without a mask, and in part with one", async () => {
      const aws = { aws_config: { account_id: "123456789012" }, conditional_access: 'aws.arn matches "^arn:aws:sts"' };
      const provider = await aProvider({ ...aws, description: "first" });
      expect(provider).toMatchObject({ aws_config: { account_id: "123456789012" }, system_managed: false });
      expect(provider.oidc_config).toBeUndefined();
      const changed = await iam.must("PATCH", path(provider), { ...aws, aws_config: { account_id: "210987654321" } });
      expect(changed.provider).toMatchObject({ description: "", aws_config: { account_id: "210987654321" } });
      await iam.must("PATCH", `${path(provider)}?update_mask=description`, { description: "again" });
      expect((await iam.must("GET", path(provider))).provider).toMatchObject({
        resource_id: provider.resource_id,
        description: "again",
        conditional_access: aws.conditional_access,
        aws_config: { account_id: "210987654321" },
      });
      const { providers } = await iam.must("GET", `/2019-12-10/${principal.resource_name}/workload-identity-providers`);
      expect(providers.map((one: any) => one.resource_name)).toContain(provider.resource_name);
      await iam.must("DELETE", path(provider));
      expect(await iam.call("GET", path(provider))).toMatchObject({ status: 404, json: { code: 5 } });
    });

    it.each([
      ["no source", {}],
      ["two sources", { aws_config: { account_id: "123456789012" }, oidc_config: { issuer_uri: "https://a.example" } }],
      ["an account that is none", { aws_config: { account_id: "12345" }, conditional_access: 'aws.arn == "x"' }],
      ["an issuer without TLS", { oidc_config: { issuer_uri: "http://a.example" } }],
      ["an issuer with a query", { oidc_config: { issuer_uri: "https://a.example?x" } }],
      [
        "a condition about something else",
        { oidc_config: { issuer_uri: "https://a.example" }, conditional_access: 'aws.arn == "x"' },
      ],
      [
        "a condition that cannot be read",
        { oidc_config: { issuer_uri: "https://a.example" }, conditional_access: "jwt_claims.sub" },
      ],
      ["too long a description", { oidc_config: { issuer_uri: "https://a.example" }, description: "x".repeat(256) }],
    ])("is refused with %s", async (_what, content) => {
      const body = { name: "refused", provider: { conditional_access: 'jwt_claims.sub == "x"', ...content } };
      const answer = await iam.call("POST", `/2019-12-10/${principal.resource_name}/workload-identity-providers`, body);
      expect(answer).toMatchObject({ status: 400, json: { code: 3 } });
    });

    it("belongs to a service principal of a project, is made by its administrators and hidden from others", async () => {
      const provider = await aProvider(oidc());
      const twice = {
        name: provider.resource_name.split("/").at(-1),
        provider: { conditional_access: 'jwt_claims.sub == "x"', ...oidc() },
      };
      const collection = `/2019-12-10/${principal.resource_name}/workload-identity-providers`;
      expect(await iam.call("POST", collection, twice)).toMatchObject({ status: 409, json: { code: 6 } });
      expect((await iam.call("POST", collection, twice, iam.tokens.contributor)).status).toBe(403);
      for (const as of [iam.tokens.foreign, iam.tokens.elsewhere]) {
        expect((await iam.call("POST", collection, twice, as)).status).toBe(404);
        for (const method of ["GET", "DELETE"])
          expect((await iam.call(method, path(provider), undefined, as)).status).toBe(404);
      }
      const whole = `/2019-12-10/iam/organization/${iam.organizationId}`;
      await iam.must("POST", `${whole}/service-principals`, { name: "wide" });
      expect(
        await iam.call("POST", `${whole}/service-principal/wide/workload-identity-providers`, twice),
      ).toMatchObject({
        status: 400,
        json: { code: 9 },
      });
    });
  });
});
