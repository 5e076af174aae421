import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pinnedWorkspaceName, type DemoWorld } from "./demo-world.ts";

/** Made by nobody here; Ingot has never heard of it. */
const stockImage = "stock/debian-12-20260901";

/** The machines of the example `pinned`: one of a stock image, and these. Uploaded with the configuration. */
export async function writePinnedImages(
  world: Pick<DemoWorld, "directory">,
  images: Readonly<Record<string, string>> = {},
): Promise<void> {
  const file = join(world.directory, pinnedWorkspaceName, "images.auto.tfvars.json");
  await writeFile(file, `${JSON.stringify({ images: { "legacy-db": stockImage, ...images } }, undefined, 2)}\n`);
}
