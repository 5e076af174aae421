import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startTestBench } from "../testing/test-runner.ts";
import { findEngineUsers } from "./engine-users.ts";

/** Whether users can be given on this machine. */
async function isMissing(): Promise<boolean> {
  const workDir = await mkdtemp(join(tmpdir(), "ingot-users-"));
  await chmod(workDir, 0o711);
  const wish = {
    wish: "users",
    path: "",
    workDir,
    engines: [],
    readable: [],
    firstUserId: 63_000,
    limits: {},
  } as const;
  const found = await findEngineUsers(wish);
  await rm(workDir, { recursive: true });
  return "missing" in found;
}

it.skipIf(await isMissing())("two runners of one machine leave each other's engines alone", async () => {
  const settings = { isolation: "users", firstUserId: 63_000 } as const;
  const [one, other] = await Promise.all([startTestBench(settings), startTestBench(settings)]);
  try {
    const long = await one.offer({ plan: [{ print: "planning\n" }, { wait: "go" }] }, { heartbeat_seconds: 0 });
    await one.server.until(() => long.log.includes("planning"));
    const short = await other.offer({ plan: [{ print: "done\n" }] });
    expect(await other.reported(short)).toMatchObject({ outcome: "finished" });
    long.stop = "interrupt";
    expect(await one.reported(long)).toMatchObject({ outcome: "canceled" });
    expect(long.log.toString()).toContain("interrupt 1");
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
});
