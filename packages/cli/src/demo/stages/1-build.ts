import { appBucket, baseBucket, type DemoWorld } from "../demo-world.ts";
import { buildGoldenImage, type GoldenImage } from "../build-golden-image.ts";
import { claim } from "../story.ts";

export interface ImagePair {
  readonly base: GoldenImage;
  readonly app: GoldenImage;
}

/** A base, and a child on what the base's channel holds; afterwards the registry knows the ancestry. */
export async function buildStage(world: DemoWorld, release: number, builder: string): Promise<ImagePair> {
  const base = await buildGoldenImage(world, baseBucket, { release, builder });
  const app = await buildGoldenImage(world, appBucket, { release, builder });
  claim("the app stands on the layers of the base", app.image.layers[0] === base.image.layers[0], app.image.layers);

  const relations = await world.registry.listBucketAncestry(appBucket);
  const relation = relations.find(({ parent, child }) => {
    const ofBase = parent.bucket_name === baseBucket && parent.version_fingerprint === base.version.fingerprint;
    return ofBase && child.version_fingerprint === app.version.fingerprint;
  });
  claim(`the registry knows that ${appBucket} comes from ${baseBucket} v${release}`, relation !== undefined, relations);
  world.story.done(`the registry knows the ancestry: ${appBucket} v${release} comes from ${baseBucket} v${release}`);
  return { base, app };
}
