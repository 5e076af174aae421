import { listImageUses } from "../../connection/image-uses.ts";
import {
  appBucket,
  baseBucket,
  listUsesOf,
  pinnedWorkspaceName,
  workspaceName,
  type DemoWorld,
} from "../demo-world.ts";
import { claim } from "../story.ts";

/** Which resource in which workspace runs which version of which image, descendants included. */
export async function knowStage(world: DemoWorld): Promise<void> {
  const uses = await listUsesOf(world, workspaceName);
  const areOurs = uses.every((use) => use.bucket === appBucket && use.version === "v1");
  claim("both machines are known to use the app's v1", uses.length === 2 && areOurs, uses);
  claim(
    "both uses are current",
    uses.every((use) => use.status === "current"),
    uses,
  );
  const pinned = await listUsesOf(world, pinnedWorkspaceName);
  claim("the stock image is untracked", pinned.length === 1 && pinned[0]?.status === "untracked", pinned);
  await world.ingot(["where"], { shows: () => true });
  world.story.done("Ingot knows which machine runs which image, and which image it has never seen");

  const descendants = await listImageUses(world.http, world.connection, { bucket: baseBucket, version: "v1" });
  claim(
    "whoever asks for the base's v1 finds both machines through the app",
    descendants.length === 2 && descendants.every((use) => use.descends_from?.bucket === baseBucket),
    descendants,
  );
  await world.ingot(["where", baseBucket, "v1"], { shows: () => true });
  world.story.done(`and it knows what stands on ${baseBucket} v1, through ${appBucket}`);
}
