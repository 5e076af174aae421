import { createHash } from "node:crypto";
import { readdir, readFile, rm, mkdtemp } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createMessage, generateKey, readPrivateKey, sign } from "openpgp";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ZipFile } from "yazl";
import { startTestBench } from "../testing/test-runner.ts";
import { DownloadRefused, openDownloads, type DownloadOptions, type EngineDownloads } from "./engine-downloads.ts";

const platform = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
const fakeEngine = fileURLToPath(new URL("../testing/fake-engine.mjs", import.meta.url));

interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

async function newKey(): Promise<KeyPair> {
  const userIDs = [{ name: "Engines", email: "engines@example.test" }];
  return generateKey({ type: "ecc", curve: "ed25519Legacy", userIDs, format: "armored" });
}

async function signed(bytes: Buffer, by: KeyPair): Promise<Buffer> {
  const signature = await sign({
    message: await createMessage({ binary: bytes }),
    signingKeys: await readPrivateKey({ armoredKey: by.privateKey }),
    detached: true,
    format: "binary",
  });
  return Buffer.from(signature);
}

async function zipOf(files: Record<string, string>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, text] of Object.entries(files)) zip.addBuffer(Buffer.from(text), name, { mode: 0o100755 });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Stands in for the sites of OpenTofu and Terraform, with the files of their releases and fake engines in them. */
describe("downloading engines", () => {
  let site: Server;
  let url: string;
  let maker: KeyPair;
  let directory: string;
  let files: Record<string, Buffer>;
  const asked: string[] = [];
  beforeAll(async () => {
    maker = await newKey();
    site = createServer((request, response) => {
      asked.push(request.url ?? "");
      const file = files[request.url ?? ""];
      if (file === undefined) response.writeHead(404).end();
      else response.end(file);
    });
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    site.closeAllConnections();
    await new Promise((resolve) => site.close(resolve));
  });
  beforeEach(async () => {
    asked.length = 0;
    directory = await mkdtemp(join(tmpdir(), "ingot-downloads-"));
    files = {
      "/index.json": Buffer.from(
        JSON.stringify({ versions: [{ id: "1.8.0" }, { id: "1.9.1" }, { id: "1.10.0-rc1" }] }),
      ),
      "/terraform/index.json": Buffer.from(JSON.stringify({ versions: { "1.5.7": {}, "1.6.0": {} } })),
    };
    for (const version of ["1.8.0", "1.9.1"]) await release("tofu", version);
    for (const version of ["1.5.7", "1.6.0"]) await release("terraform", version);
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function release(name: "tofu" | "terraform", version: string, by = maker): Promise<void> {
    const base = name === "tofu" ? `/v${version}` : `/terraform/${version}`;
    const script = `#!/bin/sh\nFAKE_VERSION=${version} exec "${process.execPath}" "${fakeEngine}" "$@"\n`;
    const archive = await zipOf({ LICENSE: "", [name]: script });
    const file = `${name}_${version}_${platform}.zip`;
    const sums = Buffer.from(
      `${"0".repeat(64)}  other.zip\n${createHash("sha256").update(archive).digest("hex")}  ${file}\n`,
    );
    files[`${base}/${file}`] = archive;
    files[`${base}/${name}_${version}_SHA256SUMS`] = sums;
    files[`${base}/${name}_${version}_SHA256SUMS.${name === "tofu" ? "gpgsig" : "sig"}`] = await signed(sums, by);
  }

  const options = (): DownloadOptions => ({
    terraformReleases: url,
    tofuReleases: url,
    tofuIndex: `${url}/index.json`,
    keys: maker.publicKey,
    caBundle: "",
    directory,
  });
  const open = (): Promise<EngineDownloads> => openDownloads(options());

  it.each([
    ["tofu", null, "1.9.1"],
    ["tofu", "~> 1.8.0", "1.8.0"],
    ["tofu", "1.8.0", "1.8.0"],
    ["terraform", "< 1.6", "1.5.7"],
    ["terraform", "latest", "1.6.0"],
  ] as const)("installs for %s %s the newest release that fits: %s", async (name, wish, version) => {
    expect(await (await open()).install(name, wish)).toBe(version);
    expect(await readFile(join(directory, name, version, name), "utf8")).toContain(`FAKE_VERSION=${version} `);
    expect(await readdir(directory)).toEqual([name]);
  });

  it("installs once for those who ask at the same time, in this runner and in others", async () => {
    const [one, two] = [await open(), await open()];
    const versions = await Promise.all([
      one.install("tofu", "1.8.0"),
      one.install("tofu", "1.8.0"),
      two.install("tofu", "1.8.0"),
    ]);
    expect(versions).toEqual(["1.8.0", "1.8.0", "1.8.0"]);
    expect(asked.filter((path) => path.endsWith(".zip"))).toHaveLength(2);
    expect(await readdir(directory)).toEqual(["tofu"]);
  });

  it.each([
    [
      "an archive that is not what the list says",
      () => (files[`/v1.8.0/tofu_1.8.0_${platform}.zip`] = Buffer.from("other")),
      "checksums",
    ],
    [
      "a list that was changed after it was signed",
      () => (files["/v1.8.0/tofu_1.8.0_SHA256SUMS"] = Buffer.from("0  x")),
      "signature",
    ],
    ["a signature by somebody else", async () => release("tofu", "1.8.0", await newKey()), "engine-keys"],
    ["a signature that is none", () => (files["/v1.8.0/tofu_1.8.0_SHA256SUMS.gpgsig"] = Buffer.from("x")), "signature"],
    ["no signature", () => delete files["/v1.8.0/tofu_1.8.0_SHA256SUMS.gpgsig"], "404"],
  ])("installs nothing of %s", async (_what, spoil, words) => {
    await spoil();
    const error: unknown = await (await open()).install("tofu", "1.8.0").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DownloadRefused);
    expect((error as Error).message).toContain(words);
    expect(await readdir(join(directory, "tofu"))).toEqual([]);
  });

  it("says that no release fits", async () => {
    await expect((await open()).install("tofu", "> 2")).rejects.toThrow("No release of tofu fits");
  });

  it("lets a run have what its workspace asks for, and the next runs without asking anybody", async () => {
    const { caBundle: _ca, directory: _directory, ...downloads } = options();
    const bench = await startTestBench({ downloads, enginesDir: directory });
    try {
      for (const _run of ["first", "second"]) {
        const served = await bench.offer({}, { engine: { name: "terraform", version: "~> 1.5.0" } });
        expect(await bench.reported(served), served.log.toString()).toMatchObject({
          outcome: "finished",
          engine: { name: "terraform", version: "1.5.7" },
        });
      }
      expect(asked.filter((path) => path.endsWith(".zip"))).toHaveLength(1);
      expect(bench.server.claims[0]).toMatchObject({ downloads: ["tofu", "terraform"] });
      const missing = await bench.offer({}, { engine: { name: "terraform", version: "9.9.9" } });
      expect((await bench.reported(missing)).message).toMatch(/no terraform 9\.9\.9 and could not get one.*404/);
    } finally {
      await bench.close();
    }
  });
});
