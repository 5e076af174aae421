// Builds an OCI image layout from the files below `rootfs/` of the current directory, on the layers of a parent when there
// is one, and writes the ingot-manifest.json that `ingot build` reads. The same inputs give the same bytes.
//
// Inputs, all from the environment:
//   INGOT_OUTPUT_DIR         where the layout goes; empty
//   INGOT_COMPONENTS         the component that this image is
//   INGOT_PARENT_IDENTIFIER  digest of the parent's manifest; empty for a base image
//   INGOT_PARENT_LOCATION    directory of the parent's layout
//   INGOT_VAR_release        the release number that goes into the image
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { env, exit, stdout } from "node:process";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

const mediaTypes = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
};
// No clock goes into the image, or no two builds would give the same digest.
const epoch = new Date(0);

const output = resolve(required("INGOT_OUTPUT_DIR"));
const component = required("INGOT_COMPONENTS").split(",")[0];
// Without what built it, so that packer and the script give the same image.
const name = component.split(".").at(-1);
const release = required("INGOT_VAR_release");
const parentDigest = env.INGOT_PARENT_IDENTIFIER ?? "";
const parentLayout = env.INGOT_PARENT_LOCATION ?? "";

await mkdir(join(output, "blobs", "sha256"), { recursive: true });
const parent = parentDigest === "" ? undefined : await copyParent(parentLayout, parentDigest);

const files = [
  ...(await listFiles("rootfs")),
  {
    path: `etc/golden/${name}`,
    content: Buffer.from(`release=${release}\nparent=${parentDigest === "" ? "none" : parentDigest}\n`),
  },
];
const layerTar = await packLayer(files);
const layer = await writeBlob(gzipSync(layerTar, { level: 9 }), mediaTypes.layer);
const config = await writeJson(
  {
    created: epoch.toISOString(),
    architecture: "amd64",
    os: "linux",
    config: { Labels: { ...parent?.config.config?.Labels, "org.opencontainers.image.version": release } },
    rootfs: { type: "layers", diff_ids: [...(parent?.config.rootfs.diff_ids ?? []), digestOf(layerTar)] },
    history: [
      ...(parent?.config.history ?? []),
      { created: epoch.toISOString(), created_by: `${name} release ${release}` },
    ],
  },
  mediaTypes.config,
);
const manifest = await writeJson(
  {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config,
    layers: [...(parent?.manifest.layers ?? []), layer],
    ...(parent === undefined ? {} : { annotations: { "org.opencontainers.image.base.digest": parentDigest } }),
  },
  mediaTypes.manifest,
);
const index = {
  schemaVersion: 2,
  mediaType: mediaTypes.index,
  manifests: [{ ...manifest, platform: { architecture: "amd64", os: "linux" } }],
};
await writeFile(join(output, "index.json"), JSON.stringify(index));
await writeFile(join(output, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));

const result = {
  builds: [
    {
      name: component,
      platform: "oci",
      artifacts: [{ external_identifier: manifest.digest, region: "local", files: ["index.json", "oci-layout"] }],
      ...(parent === undefined ? {} : { source_external_identifier: parentDigest }),
      // Where a child finds the layers; see INGOT_PARENT_LOCATION.
      labels: { location: output, release },
    },
  ],
};
await writeFile(join(output, "ingot-manifest.json"), `${JSON.stringify(result, null, 2)}\n`);
stdout.write(
  `${name} release ${release}: ${files.length} files in ${(parent?.manifest.layers.length ?? 0) + 1} layers\n`,
);

function required(name) {
  const value = env[name];
  if (value !== undefined && value !== "") return value;
  stdout.write(`${name} is not set; run this through \`ingot build\`.\n`);
  exit(1);
}

/** Takes the parent's layers and configuration over, after checking that they are what its digest says. */
async function copyParent(layout, digest) {
  if (layout === "") throw new Error("INGOT_PARENT_LOCATION is not set: the parent's build has no label `location`.");
  const manifest = JSON.parse(await readBlob(layout, digest));
  const config = JSON.parse(await readBlob(layout, manifest.config.digest));
  for (const layer of manifest.layers) {
    await readBlob(layout, layer.digest);
    await copyFile(blobPath(layout, layer.digest), blobPath(output, layer.digest));
  }
  return { manifest, config };
}

async function readBlob(layout, digest) {
  const content = await readFile(blobPath(layout, digest));
  if (digestOf(content) !== digest) throw new Error(`${blobPath(layout, digest)} is damaged: its digest differs.`);
  return content;
}

/** Every file below a directory, sorted, with paths relative to it. */
async function listFiles(directory, prefix = "") {
  const files = [];
  for (const entry of (await readdir(directory)).sort()) {
    const path = join(directory, entry);
    if ((await stat(path)).isDirectory()) files.push(...(await listFiles(path, `${prefix}${entry}/`)));
    else files.push({ path: `${prefix}${entry}`, content: await readFile(path) });
  }
  return files;
}

/** A tar with every directory before its files, owned by root, at the epoch. */
async function packLayer(files) {
  const tar = pack();
  const directories = new Set();
  for (const { path } of files) {
    const parts = path.split("/").slice(0, -1);
    parts.forEach((_, i) => directories.add(`${parts.slice(0, i + 1).join("/")}/`));
  }
  for (const directory of [...directories].sort((a, b) => (a < b ? -1 : 1)))
    tar.entry({ name: directory, type: "directory", mode: 0o755, mtime: epoch });
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { path, content } of sorted) tar.entry({ name: path, mode: 0o644, mtime: epoch }, content);
  tar.finalize();
  const chunks = [];
  for await (const chunk of tar) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function writeJson(value, mediaType) {
  return writeBlob(Buffer.from(JSON.stringify(value)), mediaType);
}

/** Stores a blob under its digest and returns its descriptor. */
async function writeBlob(content, mediaType) {
  const digest = digestOf(content);
  await writeFile(blobPath(output, digest), content);
  return { mediaType, digest, size: content.length };
}

function blobPath(layout, digest) {
  return join(layout, "blobs", "sha256", digest.slice("sha256:".length));
}

function digestOf(content) {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
