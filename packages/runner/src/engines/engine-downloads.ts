import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { chmod, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { rootCertificates } from "node:tls";
import { createMessage, readKeys, readSignature, verify, type Key } from "openpgp";
import { rcompare, valid } from "semver";
import { EnvHttpProxyAgent, fetch, type Response } from "undici";
import { openPromise } from "yauzl";
import type { EngineName } from "../protocol.ts";
import { parseConstraint, type EngineWish } from "./choose-engine.ts";

export interface DownloadOptions {
  /** Where releases of Terraform are, as on releases.hashicorp.com; a mirror has the same paths. */
  readonly terraformReleases: string;
  /** Where releases of OpenTofu are, as on GitHub: `<url>/v<version>/…`. */
  readonly tofuReleases: string;
  /** The list of OpenTofu's versions, as get.opentofu.org has it. */
  readonly tofuIndex: string;
  /** The armored OpenPGP keys of those whose releases are trusted. */
  readonly keys: string;
  /** PEM. */
  readonly caBundle: string;
  /** Engines are installed in it as `<name>/<version>/<name>`. */
  readonly directory: string;
}

export interface EngineDownloads {
  /** Installs the newest release that fits and returns its version. Throws DownloadRefused. */
  install(name: EngineName, wish: EngineWish["version"]): Promise<string>;
}

/** A release cannot be had or is not to be trusted. The message is for people. */
export class DownloadRefused extends Error {}

const documentBytesMax = 32 * 1024 * 1024;
const archiveBytesMax = 512 * 1024 * 1024;
const timeoutMs = 10 * 60_000;

/**
 * Downloads engines from where their makers release them, or from a mirror. Nothing is unpacked before the list of checksums
 * is found to be signed by one of the keys and the archive to be what the list says.
 */
export async function openDownloads(options: DownloadOptions): Promise<EngineDownloads> {
  const keys = await readKeys({ armoredKeys: options.keys });
  const dispatcher = new EnvHttpProxyAgent({ connect: { ca: [...rootCertificates, options.caBundle] } });

  async function get(url: string): Promise<Response> {
    const answer = await fetch(url, { dispatcher, signal: AbortSignal.timeout(timeoutMs) }).catch((error: unknown) => {
      const cause = (error as { cause?: unknown }).cause;
      throw new DownloadRefused(`${url} cannot be reached: ${cause instanceof Error ? cause.message : String(error)}.`);
    });
    if (!answer.ok) throw new DownloadRefused(`${url} answered ${answer.status}.`);
    return answer;
  }

  async function getBytes(url: string): Promise<Buffer> {
    const { body } = await get(url);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body ?? []) {
      bytes += (chunk as Uint8Array).length;
      if (bytes > documentBytesMax) throw new DownloadRefused(`${url} is larger than ${documentBytesMax} bytes.`);
      chunks.push(Buffer.from(chunk as Uint8Array));
    }
    return Buffer.concat(chunks);
  }

  async function listVersions(name: EngineName): Promise<string[]> {
    const url = name === "tofu" ? options.tofuIndex : `${trim(options.terraformReleases)}/terraform/index.json`;
    const { versions } = JSON.parse((await getBytes(url)).toString("utf8")) as { versions?: unknown };
    const ids = Array.isArray(versions)
      ? versions.map((version: { id?: unknown }) => version.id)
      : Object.keys(versions ?? {});
    return ids.filter((id): id is string => typeof id === "string" && valid(id) !== null).sort(rcompare);
  }

  async function chooseVersion(name: EngineName, wish: EngineWish["version"]): Promise<string> {
    const exact = wish === null ? null : valid(wish.trim());
    if (exact !== null) return exact;
    const fits = wish === null || wish.trim() === "latest" ? parseConstraint(">= 0") : parseConstraint(wish);
    const found = (await listVersions(name)).find(fits);
    if (found === undefined) throw new DownloadRefused(`No release of ${name} fits ${JSON.stringify(wish)}.`);
    return found;
  }

  async function download(name: EngineName, version: string, into: string): Promise<void> {
    const releases =
      name === "tofu"
        ? `${trim(options.tofuReleases)}/v${version}`
        : `${trim(options.terraformReleases)}/terraform/${version}`;
    const file = `${name}_${version}_${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}.zip`;
    const sums = await getBytes(`${releases}/${name}_${version}_SHA256SUMS`);
    const signatureUrl = `${releases}/${name}_${version}_SHA256SUMS.${name === "tofu" ? "gpgsig" : "sig"}`;
    await checkSignature(keys, sums, await getBytes(signatureUrl), signatureUrl);
    const archive = join(into, file);
    const { body } = await get(`${releases}/${file}`);
    if (body === null) throw new DownloadRefused(`${releases}/${file} is empty.`);
    await pipeline(limited(body, `${releases}/${file}`), createWriteStream(archive));
    if ((await sha256(archive)) !== sumOf(sums.toString("utf8"), file)) {
      throw new DownloadRefused(
        `${releases}/${file} is not what its signed list of checksums says. Nothing was installed.`,
      );
    }
    await unpack(archive, name, join(into, name));
    await rm(archive);
  }

  async function install(name: EngineName, version: string): Promise<void> {
    const target = join(options.directory, name, version);
    await mkdir(join(options.directory, name), { recursive: true, mode: 0o755 });
    const incoming = await mkdtemp(join(options.directory, ".incoming-"));
    try {
      await download(name, version, incoming);
      await chmod(incoming, 0o755);
      await rename(incoming, target);
    } catch (error) {
      // Another runner was faster.
      if (!["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    } finally {
      await rm(incoming, { recursive: true, force: true });
    }
  }

  const installing = new Map<string, Promise<void>>();
  return {
    async install(name, wish) {
      const version = await chooseVersion(name, wish);
      const id = `${name} ${version}`;
      let running = installing.get(id);
      if (running === undefined) {
        running = install(name, version).finally(() => installing.delete(id));
        installing.set(id, running);
      }
      await running;
      return version;
    },
  };
}

function trim(url: string): string {
  return url.replace(/\/+$/, "");
}

async function checkSignature(keys: Key[], signed: Buffer, signature: Buffer, url: string): Promise<void> {
  const isArmored = signature.subarray(0, 5).toString() === "-----";
  try {
    const { signatures } = await verify({
      message: await createMessage({ binary: signed }),
      signature: isArmored
        ? await readSignature({ armoredSignature: signature.toString("utf8") })
        : await readSignature({ binarySignature: signature }),
      verificationKeys: keys,
    });
    await Promise.any(signatures.map((one) => one.verified));
  } catch (error) {
    throw new DownloadRefused(
      `${url} is no signature by one of the operator's keys. Nothing was installed. Check --engine-keys.`,
      { cause: error },
    );
  }
}

/** The checksum of a file in a list as sha256sum writes it. */
function sumOf(list: string, file: string): string | undefined {
  for (const line of list.split("\n")) {
    const [sum, name] = line.trim().split(/\s+\*?/);
    if (name === file) return sum?.toLowerCase();
  }
  return undefined;
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

async function unpack(archive: string, name: EngineName, into: string): Promise<void> {
  const zip = await openPromise(archive, { lazyEntries: true, autoClose: false, validateEntrySizes: true });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== name) continue;
      if (entry.uncompressedSize > archiveBytesMax) throw new DownloadRefused(`${name} in ${archive} is too large.`);
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(into));
      await chmod(into, 0o755);
      return;
    }
  } finally {
    zip.close();
  }
  throw new DownloadRefused(`The archive of ${name} holds no file ${name}.`);
}

function limited(body: AsyncIterable<unknown>, url: string): Readable {
  let bytes = 0;
  return Readable.from(
    (async function* () {
      for await (const chunk of body) {
        bytes += (chunk as Uint8Array).length;
        if (bytes > archiveBytesMax) throw new DownloadRefused(`${url} is larger than ${archiveBytesMax} bytes.`);
        yield chunk;
      }
    })(),
  );
}
