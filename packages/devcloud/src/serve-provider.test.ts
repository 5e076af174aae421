import { spawn, type ChildProcess } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { credentials, loadPackageDefinition, status, type ServiceClientConstructor } from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import { afterEach, expect, it } from "vitest";
import { pluginProtocol } from "./plugin-protocol.ts";
import { createServerCertificate } from "./server-certificate.ts";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const cookie = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
const client = await createServerCertificate(new Date());
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

async function startProvider(command = [process.execPath, main]) {
  const child = spawn(command[0]!, command.slice(1), {
    env: { TF_PLUGIN_MAGIC_COOKIE: cookie, PLUGIN_CLIENT_CERT: client.certificatePem, DEVCLOUD_ROOT: "/nonexistent" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  started.push(child);
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const [core, protocol, network, address, kind, certificate] = line.split("|");
  expect([core, protocol, network, kind]).toEqual(["1", "6", "tcp", "grpc"]);
  return { child, address: address!, certificate: certificate! };
}

type Call = (request: object) => Promise<Record<string, unknown>>;

/** Calls as the CLI does: over TLS, with the key that belongs to the certificate it announced. */
function connect(
  address: string,
  certificate: string,
  { withKey = true } = {},
): (service: string, method: string) => Call {
  const root = Buffer.from(new X509Certificate(Buffer.from(certificate, "base64")).toString());
  const channel = withKey
    ? credentials.createSsl(root, Buffer.from(client.privateKeyPem), Buffer.from(client.certificatePem))
    : credentials.createSsl(root);
  const services = loadPackageDefinition(fromJSON(pluginProtocol, { keepCase: true, defaults: true, enums: String }));
  return (service, method) => (request) =>
    new Promise((resolve, reject) => {
      const path = service.split(".");
      const Service = path.reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], services);
      const stub = new (Service as ServiceClientConstructor)(address, channel, {
        "grpc.ssl_target_name_override": "localhost",
      });
      const reply = (error: Error | null, response: Record<string, unknown>) => {
        stub.close();
        if (error) reject(error);
        else resolve(response);
      };
      (stub as unknown as Record<string, (request: object, reply: unknown) => void>)[method]!(request, reply);
    });
}

it("announces itself, answers over TLS, and exits when told to", async () => {
  const { child, address, certificate } = await startProvider();
  expect(certificate).not.toContain("=");
  const call = connect(address, certificate);
  expect(await call("grpc.health.v1.Health", "Check")({ service: "plugin" })).toEqual({ status: "SERVING" });
  const metadata = await call("tfplugin6.Provider", "GetMetadata")({});
  expect(metadata["resources"]).toContainEqual({ type_name: "devcloud_machine" });
  const exited = once(child, "exit");
  await call("plugin.GRPCController", "Shutdown")({});
  expect(await exited).toEqual([0, null]);
});

it("turns away a client without the announced certificate", async () => {
  const { address, certificate } = await startProvider();
  const call = connect(address, certificate, { withKey: false });
  await expect(call("tfplugin6.Provider", "GetMetadata")({})).rejects.toMatchObject({ code: status.UNAVAILABLE });
});

it("leaves Ctrl-C to the CLI", async () => {
  const { child, address, certificate } = await startProvider();
  child.kill("SIGINT");
  await expect(connect(address, certificate)("tfplugin6.Provider", "StopProvider")({})).resolves.toEqual({ Error: "" });
  expect(child.exitCode).toBeNull();
});

it("does not outlive a CLI that was killed", async () => {
  const shell = ["/bin/sh", "-c", '"$0" "$1" & wait', process.execPath, main];
  const { child } = await startProvider(shell);
  // The provider holds the other end of the pipe: it closes when both are gone.
  const closed = once(child.stdout, "close");
  child.kill("SIGKILL");
  await closed;
});

it("says what it is when somebody runs it by hand", async () => {
  const child = spawn(process.execPath, [main], { env: {}, stdio: ["ignore", "pipe", "pipe"] });
  started.push(child);
  const [[code], output] = await Promise.all([once(child, "exit"), child.stderr.toArray()]);
  expect(code).toBe(1);
  expect(Buffer.concat(output).toString()).toContain("This is a provider for Terraform and OpenTofu.");
});
