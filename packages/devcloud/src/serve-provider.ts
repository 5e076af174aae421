import {
  Server,
  ServerCredentials,
  type handleUnaryCall,
  type sendUnaryData,
  type ServiceDefinition,
  type UntypedHandleCall,
} from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import { pluginProtocol } from "./plugin-protocol.ts";
import { createProvider, type RpcRequest, type RpcResponse } from "./provider.ts";

/** Terraform's own; it never changes. Source: hashicorp/terraform internal/plugin/serve.go, Handshake. */
const magicCookie = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/** How long an orphan may live: a CLI killed hard cannot say goodbye, and its port and process must not stay. */
const parentCheckMs = 1000;

/** go-plugin kills a plugin that is still there 2 s after the shutdown call. */
const shutdownMsMax = 500;

type Environment = { readonly [name: string]: string | undefined };
type Services = { readonly [name: string]: ServiceDefinition };

/**
 * Serves protocol 6 on a loopback port until the CLI that started this process shuts it down. Writes the go-plugin
 * handshake to standard output, and nothing else ever. With PLUGIN_CLIENT_CERT both sides prove who they are.
 */
export async function serveProvider(environment: Environment): Promise<void> {
  if (environment["TF_PLUGIN_MAGIC_COOKIE"] !== magicCookie) {
    process.stderr.write("This is a provider for Terraform and OpenTofu. They start it; it is not run by hand.\n");
    process.exitCode = 1;
    return;
  }
  // Ctrl-C reaches the whole process group. The CLI decides what it means, and calls StopProvider.
  process.on("SIGINT", () => undefined);
  exitWithParent();

  const provider = createProvider({ defaultRoot: environment["DEVCLOUD_ROOT"], now: () => new Date() });
  const { certificate, credentials } = await secure(environment["PLUGIN_CLIENT_CERT"]);
  const server = new Server();
  const services = loadServices();
  server.addService(services["tfplugin6.Provider"]!, presentHandlers(provider));
  server.addService(services["grpc.health.v1.Health"]!, { Check: answering(() => ({ status: "SERVING" })) });
  server.addService(services["plugin.GRPCBroker"]!, { StartStream: holdOpen });
  server.addService(services["plugin.GRPCStdio"]!, { StreamStdio: holdOpen });
  server.addService(services["plugin.GRPCController"]!, {
    Shutdown: answering(() => {
      exitAfterReply(server);
      return {};
    }),
  });
  const port = await listen(server, credentials);
  process.stdout.write(`1|6|tcp|127.0.0.1:${port}|grpc|${certificate}\n`);
}

/** The definition also holds the messages, under their own names; only services are asked for. */
function loadServices(): Services {
  return fromJSON(pluginProtocol, { keepCase: true, longs: Number, enums: String, defaults: true }) as Services;
}

/** Without a client certificate (TF_DISABLE_PLUGIN_TLS) the CLI speaks plain text, on loopback. */
async function secure(
  clientCertificate: string | undefined,
): Promise<{ readonly certificate: string; readonly credentials: ServerCredentials }> {
  if (!clientCertificate) return { certificate: "", credentials: ServerCredentials.createInsecure() };
  // Loading it takes as long as everything else, and the CLIs start a provider three or four times a command.
  const { createServerCertificate } = await import("./server-certificate.ts");
  const { der, certificatePem, privateKeyPem } = await createServerCertificate(new Date());
  return {
    // go-plugin reads base64 without padding.
    certificate: der.toString("base64").replace(/=+$/, ""),
    credentials: ServerCredentials.createSsl(
      Buffer.from(clientCertificate),
      [{ cert_chain: Buffer.from(certificatePem), private_key: Buffer.from(privateKeyPem) }],
      true,
    ),
  };
}

function presentHandlers(provider: {
  readonly [method: string]: (request: RpcRequest) => Promise<RpcResponse>;
}): Record<string, UntypedHandleCall> {
  return Object.fromEntries(Object.entries(provider).map(([method, handle]) => [method, answering(handle)]));
}

function answering<Response>(handle: (request: RpcRequest) => Response | Promise<Response>): UntypedHandleCall {
  const handler: handleUnaryCall<RpcRequest, Response> = ({ request }, reply: sendUnaryData<Response>) => {
    Promise.resolve(handle(request)).then(
      (response) => reply(null, response),
      (error: unknown) => reply(error instanceof Error ? error : new Error(String(error))),
    );
  };
  return handler;
}

/** go-plugin opens these streams at once and expects nothing from them; an error would be logged as a fault. */
function holdOpen(call: { resume?: () => unknown; on: (event: "end", act: () => void) => unknown; end: () => void }) {
  call.on("end", () => call.end());
  call.resume?.();
}

function listen(server: Server, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", credentials, (error, port) => (error ? reject(error) : resolve(port)));
  });
}

/** The CLI closes its connection once it has the reply, which ends the open streams and with them the server. */
function exitAfterReply(server: Server): void {
  server.tryShutdown(() => process.exit(0));
  setTimeout(() => process.exit(0), shutdownMsMax).unref();
}

function exitWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, parentCheckMs).unref();
}
