import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { callCommand } from "../testing/call-command.ts";
import { quoteForShell } from "./env.ts";

const ca = "-----BEGIN CERTIFICATE-----\nours\n-----END CERTIFICATE-----\n";
const system = "-----BEGIN CERTIFICATE-----\nthe system's\n-----END CERTIFICATE-----\n";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "ingot-env-"));
  await mkdir(join(directory, "ingot-data"));
  await writeFile(join(directory, "ca.pem"), ca);
  await writeFile(join(directory, "system.pem"), system);
  await writeFile(join(directory, "ingot-data/bootstrap.json"), JSON.stringify(bootstrap()));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const bootstrap = (changes: object = {}) => ({
  url: "https://ingot.example:8443",
  ca_file: join(directory, "ca.pem"),
  organization: { id: "o-id", name: "acme" },
  project: { id: "p-id", name: "a project" },
  service_principal: { client_id: "client", client_secret: "it's" },
  admin: { username: "admin", token: "admin-token" },
  ...changes,
});

const env = (args: string[], environment: Record<string, string> = {}) =>
  callCommand(["env", ...args], {
    workingDirectory: directory,
    environment: { HOME: directory, SSL_CERT_FILE: join(directory, "system.pem"), ...environment },
  });

describe("ingot env", () => {
  it("prints lines that a shell reads back as they were meant", async () => {
    const { out, status } = await env([]);
    expect(status).toBe(0);
    const read = execFileSync("sh", ["-c", `${out}\nenv`], { encoding: "utf8", env: {} }).split("\n");
    expect(read).toEqual(
      expect.arrayContaining([
        "HCP_AUTH_URL=https://ingot.example:8443",
        "HCP_API_ADDRESS=ingot.example:8443",
        "HCP_CLIENT_ID=client",
        "HCP_CLIENT_SECRET=it's",
        "HCP_ORGANIZATION_ID=o-id",
        "HCP_PROJECT_ID=p-id",
        "HCP_SKIP_STATUS_CHECK=true",
        "TF_CLOUD_HOSTNAME=ingot.example:8443",
        "TF_CLOUD_ORGANIZATION=acme",
        "TF_HTTP_USERNAME=admin",
        "TF_HTTP_PASSWORD=admin-token",
        "TF_VAR_ingot_url=https://ingot.example:8443",
        "TF_VAR_ingot_project=a project",
        "INGOT_URL=https://ingot.example:8443",
        "INGOT_TOKEN=admin-token",
      ]),
    );
  });

  it("prints the same as JSON", async () => {
    const variables = JSON.parse((await env(["--json"])).out) as Record<string, string>;
    expect(variables["HCP_CLIENT_SECRET"]).toBe("it's");
    expect(variables["SSL_CERT_FILE"]).toBe(join(directory, "ingot-data/ca-bundle.pem"));
  });

  it("keeps trusting what is trusted now, also when it runs again with its own bundle in the environment", async () => {
    const bundle = join(directory, "ingot-data/ca-bundle.pem");
    await env([]);
    expect(await readFile(bundle, "utf8")).toBe(system + ca);
    await env([], { SSL_CERT_FILE: bundle });
    const again = await readFile(bundle, "utf8");
    expect(again.split("ours")).toHaveLength(2);
    expect(again.match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(1);
  });

  it("leaves SSL_CERT_FILE alone when the server needs no CA of its own", async () => {
    await writeFile(join(directory, "ingot-data/bootstrap.json"), JSON.stringify(bootstrap({ ca_file: null })));
    expect((await env([])).out).not.toContain("SSL_CERT_FILE");
  });

  it("gives terraform its token in a file that only the owner can read, beside the user's own configuration", async () => {
    await writeFile(join(directory, ".terraformrc"), 'plugin_cache_dir = "/cache"\n');
    const file = join(directory, "ingot-data/terraform.rc");
    await env([]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const content = await readFile(file, "utf8");
    expect(content).toContain('credentials "ingot.example:8443" {\n  token = "admin-token"\n}');
    expect(content).toContain('plugin_cache_dir = "/cache"');
    await env([], { TF_CLI_CONFIG_FILE: file });
    expect(await readFile(file, "utf8")).toBe(content);
  });

  it("takes the file named by --bootstrap-file, --data-dir or the environment", async () => {
    await mkdir(join(directory, "other"));
    const other = JSON.stringify(bootstrap({ url: "https://other.example" }));
    await writeFile(join(directory, "other/bootstrap.json"), other);
    for (const { args, environment } of [
      { args: ["--bootstrap-file", "other/bootstrap.json"], environment: {} },
      { args: ["--data-dir", "other"], environment: {} },
      { args: [], environment: { INGOT_DATA_DIR: "other" } },
      { args: [], environment: { INGOT_BOOTSTRAP_FILE: "other/bootstrap.json" } },
    ]) {
      expect((await env(args, environment)).out).toContain("INGOT_URL=https://other.example");
    }
  });

  it("says what to do when there is no bootstrap file, or it is another file", async () => {
    const missing = await env(["--data-dir", "nowhere"]);
    expect(missing.status).toBe(1);
    expect(missing.err).toContain("nowhere/bootstrap.json cannot be read");
    expect(missing.err).toContain("--bootstrap-file FILE");
    await writeFile(join(directory, "other.json"), '{"url":"https://x"}');
    expect((await env(["--bootstrap-file", "other.json"])).err).toContain("is not a bootstrap file");
  });
});

it.each([
  ["plain/value:1", "plain/value:1"],
  ["", "''"],
  ["a b", "'a b'"],
  ["$(rm -rf /)", "'$(rm -rf /)'"],
  ["it's", "'it'\\''s'"],
])("quotes %j for a shell as %j", (value, quoted) => {
  expect(quoteForShell(value)).toBe(quoted);
});
