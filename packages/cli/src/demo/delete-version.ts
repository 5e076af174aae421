import { CommandError } from "../command-line/command.ts";
import { requireToken } from "../connection/connection.ts";
import type { DemoWorld } from "./demo-world.ts";

/** Removes a version for good, as an administrator can and no rule of Ingot ever does. */
export async function deleteVersion(
  world: Pick<DemoWorld, "http" | "connection">,
  bucket: string,
  fingerprint: string,
): Promise<void> {
  const { url, organizationId, projectId } = world.connection;
  const path = `/packer/2023-01-01/organizations/${organizationId}/projects/${projectId}/buckets/${bucket}/versions/${fingerprint}`;
  const answer = await world.http.send(url + path, {
    method: "DELETE",
    headers: { authorization: `Bearer ${requireToken(world.connection)}` },
  });
  if (answer.status !== 200) {
    throw new CommandError(`The registry did not delete ${bucket} ${fingerprint}: ${answer.text.slice(0, 500)}`);
  }
}
