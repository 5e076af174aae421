import { posix } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { DomainError } from "../../platform/errors.ts";
import type { HclReader } from "../../platform/hcl/index.ts";
import { checkPolicy, levelsOf, type PolicyKind, type PolicyLevel } from "./policy.ts";
import type { BundledPolicy, PolicyBundle } from "./policy-set-version.ts";

const bytesMax = 50 * 1024 * 1024;
const filesMax = 5000;

// What the list of policies is called in each language. Source: the published API, policy set versions; VCS layout.
const listNames: Readonly<Record<PolicyKind, string>> = { opa: "policies.hcl", sentinel: "sentinel.hcl" };

/**
 * Reads the archive of a policy set (tar.gz): a list of policies and, for OPA, the modules and the data beside it. Tests of
 * modules are left out. Errors: invalid/policy_archive with a sentence that says what to change.
 */
export async function readPolicyArchive(archive: Buffer, kind: PolicyKind, readHcl: HclReader): Promise<PolicyBundle> {
  const files = await readFiles(archive);
  const listName = listNames[kind];
  const list = files.get(listName);
  if (list === undefined) throw refusal(`The archive has no ${listName} at its root, which lists the policies.`);
  const policies = readList(kind, listName, await readHcl(list.toString("utf8")));
  if (kind === "sentinel") return { policies, modules: {}, data: {} };
  const modules: Record<string, string> = {};
  let data: Record<string, unknown> = {};
  for (const [name, content] of files) {
    if (name.endsWith(".rego") && !name.endsWith("_test.rego")) modules[name] = content.toString("utf8");
    if (posix.basename(name) === "data.json") data = placed(data, name, content);
  }
  if (Object.keys(modules).length === 0) throw refusal("The archive has no .rego file.");
  return { policies, modules, data };
}

async function readFiles(archive: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  let bytes = 0;
  const tar = extract();
  tar.on("entry", (header, stream, next) => {
    stream.on("error", () => {});
    const chunks: Buffer[] = [];
    stream.on("data", (data: unknown) => {
      const chunk = data as Buffer;
      bytes += chunk.length;
      if (bytes > bytesMax) tar.destroy(refusal(`The archive is larger than ${bytesMax} bytes after unpacking.`));
      else chunks.push(chunk);
    });
    stream.on("end", () => {
      // Nothing is unpacked to a disk: a name is no more than a name.
      if (header.type === "file" && files.size < filesMax) {
        files.set(posix.normalize(header.name), Buffer.concat(chunks));
      }
      next();
    });
  });
  const bounded = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let total = 0;
    for await (const chunk of source) {
      total += chunk.length;
      // Padding can be a bomb too.
      if (total > bytesMax + 2048 * filesMax) throw refusal("The archive is too large after unpacking.");
      yield chunk;
    }
  };
  try {
    await pipeline(Readable.from([archive]), createGunzip(), bounded, tar);
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw refusal("The upload is not a gzip-compressed tar archive.");
  }
  return files;
}

function readList(kind: PolicyKind, listName: string, content: Readonly<Record<string, unknown>>): BundledPolicy[] {
  const named = content["policy"];
  if (typeof named !== "object" || named === null) throw refusal(`${listName} has no policy block.`);
  return Object.entries(named).map(([name, bodies]) => {
    const body = (Array.isArray(bodies) ? bodies[0] : bodies) as Readonly<Record<string, unknown>>;
    const text = (key: string): string | undefined => {
      const value = body[key];
      if (value === undefined) return undefined;
      if (typeof value !== "string" || value.includes("${")) {
        throw refusal(`${listName}: ${key} of the policy ${name} must be a plain text.`);
      }
      return value;
    };
    const level = (text("enforcement_level") ?? levelsOf[kind][0]) as PolicyLevel;
    const policy = { name, description: text("description") ?? "", kind, query: text("query") ?? null, level };
    checkPolicy(policy);
    return { name, description: policy.description, query: policy.query, level };
  });
}

/** The data of a file where its folder says, as OPA has it in its bundles. */
function placed(data: Record<string, unknown>, name: string, content: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(content.toString("utf8"));
  } catch {
    throw refusal(`${name} is not JSON.`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw refusal(`${name} must hold an object.`);
  const folders = posix.dirname(name) === "." ? [] : posix.dirname(name).split("/");
  const wrapped = folders.reduceRight<unknown>((inner, folder) => ({ [folder]: inner }), value);
  return merged(data, wrapped as Record<string, unknown>, name);
}

function merged(
  into: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>>,
  name: string,
): Record<string, unknown> {
  const result: Record<string, unknown> = { ...into };
  for (const [key, value] of Object.entries(more)) {
    const there = result[key];
    if (there === undefined) result[key] = value;
    else if (isObject(there) && isObject(value)) result[key] = merged(there, value, name);
    else throw refusal(`${name} gives ${key} a second value.`);
  }
  return result;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refusal(message: string): DomainError {
  return new DomainError("invalid", "policy_archive", message);
}
