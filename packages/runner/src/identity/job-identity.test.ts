import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestBench, type TestBench } from "../testing/test-runner.ts";

let bench: TestBench;
beforeEach(async () => {
  bench = await startTestBench();
});
afterEach(() => bench.close());

const placeholder = "identity_placeholder-of-this-job";
const environmentOf = (log: string): Record<string, string> =>
  JSON.parse(/^\{.*\}$/m.exec(log)?.[0] ?? "{}") as Record<string, string>;

describe("the identity of a run", () => {
  it("is files of its own that the environment and the files name, gone with the run", async () => {
    const served = await bench.offer(
      { plan: [{ env: true }, { cat: "TOKEN_FILE" }, { cat: "CONFIG_FILE" }] },
      {
        environment: { TOKEN_FILE: `${placeholder}/token`, CONFIG_FILE: `${placeholder}/config` },
        identity: {
          placeholder,
          files: { token: "the-token", config: `file = ${placeholder}/token` },
          vaults: [],
          problem: null,
        },
      },
    );
    expect(await bench.reported(served)).toMatchObject({ outcome: "finished" });
    const log = served.log.toString();
    const path = environmentOf(log)["TOKEN_FILE"] ?? "";
    expect(path).toMatch(/^\/.*\/identity\/token$/);
    expect(log).toContain(`the-token`);
    expect(log).toContain(`file = ${path}`);
    expect(log).not.toContain(placeholder);
  });

  it("that cannot be had ends the phase with the reason", async () => {
    const identity = { placeholder, files: {}, vaults: [], problem: "TFC_AWS_RUN_ROLE_ARN is missing." };
    const served = await bench.offer({}, { identity });
    expect(await bench.reported(served)).toMatchObject({
      outcome: "errored",
      message: "TFC_AWS_RUN_ROLE_ARN is missing.",
    });
    expect(served.log.toString()).toContain("Error: TFC_AWS_RUN_ROLE_ARN is missing.");
  });
});

/** Stands in for Vault: it gives tokens for an identity token, and remembers what it was asked. */
describe("a login to Vault", () => {
  let vault: Server;
  let address: string;
  let refuses: boolean;
  const asked: { path: string; headers: Record<string, unknown>; body: unknown }[] = [];
  beforeEach(async () => {
    asked.length = 0;
    refuses = false;
    vault = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
        asked.push({ path: request.url ?? "", headers: request.headers, body });
        const auth = { client_token: "hvs.vault-token", lease_duration: 2, renewable: true };
        response
          .writeHead(refuses ? 403 : 200)
          .end(JSON.stringify(refuses ? { errors: ["role not found"] } : { auth }));
      });
    });
    await new Promise<void>((resolve) => vault.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(vault.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    vault.closeAllConnections();
    await new Promise((resolve) => vault.close(resolve));
  });

  const identity = (more = {}) => ({
    placeholder,
    files: {},
    vaults: [
      {
        address,
        namespace: "team",
        auth_path: "/jwt-ingot/",
        role: "runs",
        token: "identity-token",
        ca_pem: null,
        token_file: "vault-token",
        in_environment: true,
        ...more,
      },
    ],
    problem: null,
  });

  it("gives the run a token that is never shown, is renewed while it runs, and is revoked at its end", async () => {
    const served = await bench.offer(
      { plan: [{ env: true }, { cat: "VAULT_FILE" }, { wait: `${bench.directory}/go` }] },
      { environment: { VAULT_FILE: `${placeholder}/vault-token` }, identity: identity() },
    );
    await waitFor(() => asked.some(({ path }) => path.endsWith("renew-self")));
    await bench.touch("go");
    expect(await bench.reported(served)).toMatchObject({ outcome: "finished" });
    const log = served.log.toString();
    expect(environmentOf(log)["VAULT_TOKEN"]).toBe("(sensitive value)");
    expect(log).not.toContain("hvs.vault-token");
    expect(asked[0]).toMatchObject({
      path: "/v1/auth/jwt-ingot/login",
      headers: { "x-vault-namespace": "team" },
      body: { role: "runs", jwt: "identity-token" },
    });
    await waitFor(() => asked.some(({ path }) => path.endsWith("revoke-self")));
    const last = asked.find(({ path }) => path === "/v1/auth/token/revoke-self");
    expect(last?.headers).toMatchObject({ "x-vault-token": "hvs.vault-token" });
  });

  it("that is refused ends the phase with what Vault said", async () => {
    refuses = true;
    const served = await bench.offer({}, { identity: identity() });
    expect(await bench.reported(served)).toMatchObject({
      outcome: "errored",
      message: expect.stringMatching(/gives no token for the role runs: it answered 403: .*role not found/) as string,
    });
  });

  async function waitFor(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => vault.once("request", resolve));
  }
});
