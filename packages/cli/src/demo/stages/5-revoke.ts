import { listMachines } from "@ingot/devcloud";
import { appBucket, baseBucket, listUsesOf, workspaceName, type DemoWorld } from "../demo-world.ts";
import { claim } from "../story.ts";
import type { ImagePair } from "./1-build.ts";

const reason = "CVE-2026-31337 in libgolden: remote code execution";

/** The base is revoked and the app with it; a run that would use it anew is refused at the plan. */
export async function revokeStage(world: DemoWorld, images: ImagePair, workspaceId: string): Promise<void> {
  const { registry, story, tfe } = world;
  await registry.updateVersion(baseBucket, images.base.version.fingerprint, {
    revoke_in: "0s",
    revocation_message: reason,
  });
  const base = await registry.getVersion(baseBucket, images.base.version.fingerprint);
  claim("the base's v1 is revoked", base.status === "VERSION_REVOKED", base);
  story.done(`${baseBucket} v1 is revoked: ${reason}`);
  const app = await registry.getVersion(appBucket, images.app.version.fingerprint);
  const isInherited = app.status === "VERSION_REVOKED" && app.revocation_type === "INHERITED";
  claim("the app's v1 is revoked with it", isInherited, app);
  story.done(`${appBucket} v1 is revoked with it, since it stands on it`);
  const uses = await listUsesOf(world, workspaceName);
  claim(
    "both machines are listed as using a revoked image",
    uses.length === 2 && uses.every((u) => u.status === "revoked"),
    uses,
  );
  story.done("both machines are listed as running a revoked image");

  const refused = await world.terraform(["apply", "-auto-approve", "-var", "machines=3"], {
    mayFail: true,
    shows: (line) => /image check|would newly use|Reason:|Revoked:|Use instead:|^Plan:/.test(line),
  });
  claim("a run that wants a third machine of this image is refused", !refused.succeeded, refused.output);
  for (const part of [`image check: ${appBucket} v1 is revoked`, reason, `${baseBucket} v1`, "Use instead:"]) {
    claim(`the refusal names ${JSON.stringify(part)}`, refused.output.includes(part), refused.output);
  }
  const [run] = await tfe.listRuns(workspaceId);
  claim("the refused run ended as errored", run?.attributes["status"] === "errored", run?.attributes);
  const machines = (await listMachines(world.cloudDirectory)).filter(({ name }) => name.startsWith("web-"));
  claim("nothing was created by the refused run", machines.length === 2, machines);
  story.done(`run ${run?.id} was refused at its plan, with image, version, reason and what to do; nothing was created`);
}
