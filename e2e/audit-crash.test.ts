import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { IngotProcess, ingotProgram } from "./ingot-process.ts";

/** The server is killed with SIGKILL while it writes: the trail stays whole, and misses nothing that was done. */
describe("the audit trail after kill -9", () => {
  const rounds = 2;
  const writers = 8;
  const acknowledgedBefore = 25;
  let ingot: IngotProcess;
  let buckets: string;
  beforeAll(async () => {
    ingot = await IngotProcess.start(["--no-runner", "--log-level", "warn"]);
    const { organization, project } = await ingot.bootstrap();
    buckets = `/packer/2023-01-01/organizations/${organization.id}/projects/${project.id}/buckets`;
  });
  afterAll(() => ingot.close());

  /** Makes buckets from many sides at once and kills the server among them. Returns the names that were acknowledged. */
  async function killAmongWrites(round: number): Promise<string[]> {
    const acknowledged: string[] = [];
    let killed: Promise<void> | undefined;
    const write = async (writer: number): Promise<void> => {
      for (let count = 0; killed === undefined; count++) {
        const name = `round-${round}-${writer}-${count}`;
        const answer = await ingot.request("PUT", buckets, { name }).catch(() => undefined);
        if (answer?.status === 200) acknowledged.push(name);
        if (acknowledged.length >= acknowledgedBefore) killed ??= ingot.killServe();
      }
    };
    await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
    await killed;
    return acknowledged;
  }

  /** As an auditor does it, with a process of its own. Throws unless it ends with 0. */
  async function verify(): Promise<string> {
    const args = [ingotProgram, "audit", "verify", "--data-dir", ingot.dataDir];
    return (await promisify(execFile)(process.execPath, args)).stdout;
  }

  it("is whole, with a record of whatever was acknowledged and of whatever was done without a word", async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < rounds; round++) {
      acknowledged.push(...(await killAmongWrites(round)));
      expect(await verify()).toContain("are whole");
      await ingot.start();
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(rounds * acknowledgedBefore);
    expect(await verify()).toContain("are whole");

    const listed = await ingot.request("GET", `${buckets}?pagination.page_size=1000`);
    const made = listed.json.buckets.map((bucket: any) => bucket.name as string) as string[];
    expect(made).toEqual(expect.arrayContaining(acknowledged));
    const query = "action=CreateBucket&limit=1000";
    const { records } = (await ingot.request("GET", `/api/v1/audit-records?${query}`)).json;
    const outcomes = new Map<string, string>(records.map((one: any) => [one.resource.name, one.outcome]));
    expect(acknowledged.filter((name) => outcomes.get(name) !== "ok")).toEqual([]);
    // In flight at a kill: nobody was told, and a record says that something was begun whose end is not known, and what.
    const unsaid = made.filter((name) => !acknowledged.includes(name) && outcomes.get(name) !== "ok");
    expect(unsaid.filter((name) => outcomes.get(name) !== "unknown")).toEqual([]);
  }, 60_000);
});
