import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Type, type Static } from "typebox";
import { Value } from "typebox/value";
import { CommandError } from "../command-line/command.ts";
import { describeMismatch } from "../foreign-data/describe-mismatch.ts";

const Digest = Type.String({ pattern: "^sha256:[0-9a-f]{64}$" });
const Descriptor = Type.Object({ mediaType: Type.String(), digest: Digest, size: Type.Integer({ minimum: 0 }) });
const LayoutMarker = Type.Object({ imageLayoutVersion: Type.Literal("1.0.0") });
const Index = Type.Object({ schemaVersion: Type.Literal(2), manifests: Type.Array(Descriptor, { minItems: 1 }) });
const Manifest = Type.Object({
  schemaVersion: Type.Literal(2),
  mediaType: Type.Literal("application/vnd.oci.image.manifest.v1+json"),
  config: Descriptor,
  layers: Type.Array(Descriptor, { minItems: 1 }),
});
const Config = Type.Object({
  architecture: Type.String(),
  os: Type.String(),
  rootfs: Type.Object({ type: Type.Literal("layers"), diff_ids: Type.Array(Digest) }),
});

export interface OciImage {
  readonly digest: string;
  /** Digests of the compressed layers, the base's first. */
  readonly layers: readonly string[];
}

/**
 * Checks an OCI image layout on disk as a copying tool would: marker, index, manifest, configuration, and for every blob
 * its digest and size, and the digest of each unpacked layer. Throws CommandError naming the file. Source: OCI
 * image-spec v1.1, image-layout.md, manifest.md and config.md.
 */
export async function checkOciLayout(directory: string): Promise<OciImage> {
  await readJson(join(directory, "oci-layout"), LayoutMarker);
  const index = await readJson(join(directory, "index.json"), Index);
  const [descriptor] = index.manifests as [Static<typeof Descriptor>];
  const manifest = parseAs(await readBlob(directory, descriptor), Manifest, descriptor.digest);
  const config = parseAs(await readBlob(directory, manifest.config), Config, manifest.config.digest);
  const { diff_ids: unpacked } = config.rootfs;
  if (unpacked.length !== manifest.layers.length) {
    throw new CommandError(
      `${directory}: ${manifest.layers.length} layers, but ${unpacked.length} in the configuration.`,
    );
  }
  for (const [i, layer] of manifest.layers.entries()) {
    const tar = gunzipSync(await readBlob(directory, layer));
    if (digestOf(tar) !== unpacked[i]) {
      throw new CommandError(
        `${directory}: layer ${layer.digest} unpacks to something else than the configuration says.`,
      );
    }
  }
  return { digest: descriptor.digest, layers: manifest.layers.map((layer) => layer.digest) };
}

async function readBlob(directory: string, descriptor: Static<typeof Descriptor>): Promise<Buffer> {
  const file = join(directory, "blobs", "sha256", descriptor.digest.slice("sha256:".length));
  const content = await readFile(file).catch((error: Error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}.`);
  });
  if (content.length !== descriptor.size) throw new CommandError(`${file} is not as long as its descriptor says.`);
  if (digestOf(content) !== descriptor.digest) throw new CommandError(`${file} does not have the digest in its name.`);
  return content;
}

async function readJson<S extends typeof LayoutMarker | typeof Index>(file: string, schema: S): Promise<Static<S>> {
  const content = await readFile(file).catch((error: Error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}.`);
  });
  return parseAs(content, schema, file);
}

function parseAs<S extends typeof LayoutMarker | typeof Index | typeof Manifest | typeof Config>(
  content: Buffer,
  schema: S,
  name: string,
): Static<S> {
  let value: unknown;
  try {
    value = JSON.parse(content.toString("utf8"));
  } catch (error) {
    throw new CommandError(`${name} is not valid JSON: ${(error as Error).message}`);
  }
  if (Value.Check(schema, value)) return value;
  throw new CommandError(`${name}: ${describeMismatch(schema, value)}.`);
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
