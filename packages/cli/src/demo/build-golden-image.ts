import { join } from "node:path";
import { checkOciLayout, type OciImage } from "../oci/check-layout.ts";
import type { RegistryVersion } from "../registry/registry-types.ts";
import { examplesDirectory } from "./ingot-program.ts";
import type { DemoWorld } from "./demo-world.ts";
import { claim } from "./story.ts";

/** A golden image, built and published. */
export interface GoldenImage {
  readonly version: RegistryVersion;
  readonly image: OciImage;
}

/** Builds one of the example images, and checks both what lies on the disk and what the registry says about it. */
export async function buildGoldenImage(
  world: DemoWorld,
  bucket: string,
  options: { readonly release: number; readonly builder: string },
): Promise<GoldenImage> {
  const name = `${bucket}-${options.release}`;
  const directory = join(world.imagesDirectory, name);
  const expected = `v${options.release}`;
  await world.ingot(
    [
      "build",
      "--builder",
      options.builder,
      "--var",
      `release=${options.release}`,
      "--output-dir",
      `images/${name}`,
      join(examplesDirectory, bucket),
    ],
    { shows: (line) => line.trim() !== "" },
  );
  const image = await checkOciLayout(directory);
  const { latest_version: version } = await world.registry.getBucket(bucket);
  claim(`${bucket} has a complete version ${expected}`, version?.name === expected, version);
  const complete = await world.registry.getVersion(bucket, (version as RegistryVersion).fingerprint);
  const artifacts = (complete.builds ?? []).flatMap((build) => build.artifacts ?? []);
  claim(
    `${bucket} ${expected} is registered under the digest of its image`,
    artifacts.length === 1 && artifacts[0]?.external_identifier === image.digest,
    artifacts,
  );
  const layers = `${image.layers.length} ${image.layers.length === 1 ? "layer" : "layers"}`;
  world.story.done(`${bucket} ${expected} is a valid OCI image of ${layers}: ${shorten(image.digest)}`);
  return { version: complete, image };
}

export function shorten(digest: string): string {
  return `${digest.slice(0, "sha256:".length + 12)}…`;
}
