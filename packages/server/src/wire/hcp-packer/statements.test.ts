import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isPostgres, type Statement } from "../../db/database.ts";
import { databasesUnderTest } from "../../testing/index.ts";
import { startRegistry, type RegistryUnderTest } from "./testing/registry-under-test.ts";
import { cycloneDxOf, uploadOf } from "./testing/sbom-documents.ts";
import { anAdvisory, importAdvisories } from "./testing/scanned-images.ts";

/** The reads that are a POST. */
const bodies: Readonly<Record<string, object>> = {
  "/_search/external_artifact": { external_identifier: "app-one-0", platform: "AWS", region: "us-east-1" },
  "/_search/external_artifact?pagination.page_size=1": { external_identifier: "app-one-0" },
  ":older/images/scanned/channels/production/_search/by_labels": { labels: { team: "images" } },
};

/** Every operation that reads, with each of its parameters that changes what is looked up. */
const reads = [
  "/registry",
  "/buckets",
  "/buckets?sorting.order_by=created_at%20desc",
  "/buckets?sorting.order_by=updated_at",
  "/buckets/app",
  "/buckets/base/ancestry",
  "/buckets/base/ancestry?type=ANCESTRY_TYPE_CHILDREN",
  "/buckets/base/ancestry?channel_name=production",
  "/buckets/base/ancestry?version_fingerprint=one",
  "/buckets/app/ancestry?type=ANCESTRY_TYPE_PARENTS",
  "/buckets/app/versions",
  "/buckets/app/versions?sorting.order_by=updated_at%20desc",
  "/buckets/app/versions?sorting.order_by=fingerprint",
  "/buckets/app/versions/one",
  "/buckets/app/versions/one/builds",
  "/buckets/app/versions/one/builds?sorting.order_by=status&pagination.page_size=1",
  "/buckets/app/versions/one/builds/:build",
  "/buckets/app/channels",
  "/buckets/app/channels/latest",
  "/buckets/app/channels/latest/history",
  "/enforced_blocks",
  "/enforced_blocks?sorting.order_by=created_at%20desc&pagination.page_size=1",
  "/enforced_blocks/:block",
  "/enforced_blocks/:block/versions",
  "/enforced_blocks/:block/versions/:blockVersion/buckets",
  "/enforced_blocks/bucket/app",
  "/buckets/scanned/packages",
  "/buckets/scanned/packages?package_name_starts_with=lib&sorting.order_by=version",
  "/buckets/scanned/packages/with-vulnerabilities",
  "/buckets/scanned/packages/with-vulnerabilities?criticality=High&package_name=libssl3",
  "/buckets/scanned/packages/vulnerability-summary",
  "/buckets/scanned/vulnerabilities",
  "/buckets/scanned/vulnerabilities?identifier_starts_with=DEBIAN&sorting.order_by=first_seen_at",
  "/buckets/scanned/versions/two/builds/:image/sboms",
  "/buckets/scanned/versions/two/builds/:image/sboms/sbom",
  "/buckets/scanned/versions/two/builds/:image/packages",
  "/buckets/scanned/versions/two/builds/:image/packages?package_name=libssl3&sorting.order_by=purl",
  ...Object.keys(bodies),
];

// Not tables, but what a query has made before: its page, or what a bucket gives out.
const derived = /^SCAN (CONSTANT|related|counted|relation|line|page|scoped|found|listed|held|seen|unsure|\(subquery)\b/;
const audit = /^(begin|commit)|"audit_(heads|records)"/;
// The projects of an organization are few; everything else has as many rows as somebody cares to build images.
const small = /^(projects|organizations|registries|principals|json_each)\b/;

describe.each(databasesUnderTest())("what a read asks the database on $name", (kind) => {
  let registry: RegistryUnderTest;
  let statements: Statement[] = [];
  let ids: Readonly<Record<string, string>>;
  beforeAll(async () => {
    registry = await startRegistry(kind, { onStatement: (statement) => statements.push(statement) });
    const base = await registry.publish("base", "one");
    const { channel } = await registry.expect("POST", "/buckets/base/channels", {
      body: { name: "production", version_fingerprint: "one" },
    });
    const parent = { parent_version_id: base.id, parent_channel_id: channel.id };
    await registry.publish("app", "one", [{ component: "a", ...parent }, { component: "b" }]);
    const build = (await registry.expect("GET", "/buckets/app/versions/one/builds")).builds[0].id;
    const image = await publishWithSbom("scanned", "two");
    const block = await linkBlock("hardening", ["app", "base"]);
    ids = {
      ":build": build,
      ":image": image,
      ...block,
      ":older": registry.project.replace("2023-01-01", "2022-12-02"),
    };
    await registry.expect("GET", "/registry");
  });
  afterAll(() => registry.close());

  /** A version with one build, which names a package that something is wrong with, and a channel that serves it. */
  async function publishWithSbom(bucket: string, fingerprint: string): Promise<string> {
    await registry.expect("PUT", "/buckets", { body: { name: bucket } });
    await registry.expect("POST", `/buckets/${bucket}/versions`, { body: { fingerprint } });
    const builds = `/buckets/${bucket}/versions/${fingerprint}/builds`;
    const running = { component_type: "null.a", status: "BUILD_RUNNING", packer_run_uuid: "run" };
    const { id } = (await registry.expect("POST", builds, { body: running })).build;
    const purl = "pkg:deb/debian/libssl3@3.0.11?distro=debian-12&upstream=openssl";
    const document = cycloneDxOf([{ name: "libssl3", version: "3.0.11", purl }]);
    await registry.expect("PUT", `${builds}/${id}/sboms`, { body: uploadOf(document, { name: "sbom" }) });
    const artifacts = [{ external_identifier: "ami-1", region: "us-east-1" }];
    const done = { status: "BUILD_DONE", platform: "aws", labels: { team: "images" }, artifacts };
    await registry.expect("PATCH", `${builds}/${id}`, { body: done });
    const channel = { name: "production", version_fingerprint: fingerprint };
    await registry.expect("POST", `/buckets/${bucket}/channels`, { body: channel });
    const score = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N";
    await importAdvisories(registry, [anAdvisory("DEBIAN-CVE-2026-1", { name: "openssl", fixed: "3.0.12", score })]);
    return id;
  }

  async function linkBlock(name: string, bucket_names: readonly string[]): Promise<Record<string, string>> {
    const body = { name, version: "1", block_content: '{"provisioner":{"shell":{}}}' };
    const { enforced_block: block } = await registry.expect("PUT", "/enforced_blocks", { body });
    const links = `/enforced_blocks/${block.id}/versions/${block.latest_version.id}/buckets`;
    await registry.expect("POST", links, { body: { bucket_names } });
    return { ":blockVersion": block.latest_version.id, ":block": block.id };
  }

  async function asked(path: string): Promise<{ readonly own: readonly Statement[]; readonly json: any }> {
    const body = bodies[path];
    statements = [];
    const json = await registry.expect(body === undefined ? "GET" : "POST", resolve(path), body && { body });
    // Who is calling is found out before the operation begins, and counted apart.
    const others = statements.filter(({ sql: text }) => !/from "(tokens|role_bindings)"/.test(text));
    expect(statements.length - others.length).toBe(2);
    // The audit trail takes every POST for a change, and is written after it.
    const own = body === undefined ? others : others.filter(({ sql: text }) => !audit.test(text));
    return { own, json };
  }

  const resolve = (path: string) =>
    Object.entries(ids).reduce((resolved, [name, id]) => resolved.replace(name, id), path);

  it.each(reads)("is three statements at most: %s", async (path) => {
    const { own, json } = await asked(path);
    // What finds nothing asks for less.
    expect(Object.values(json).filter((one) => Array.isArray(one) && one.length === 0)).toEqual([]);
    expect(own.map((statement) => statement.sql).slice(3)).toEqual([]);
  });

  it.each(reads)("is looked up in indexes: %s", async (path) => {
    const { own } = await asked(path);
    for (const statement of own) expect(await scansOf(statement)).toEqual([]);
  });

  it("is the same number of statements when there are more of everything", async () => {
    const linked = "/enforced_blocks/:block/versions/:blockVersion/buckets";
    const counted = ["/buckets", "/buckets/app/versions", linked, "/_search/external_artifact"];
    const count = async () => {
      const counts: number[] = [];
      for (const path of counted) counts.push((await asked(path)).own.length);
      return counts;
    };
    const before = await count();
    await registry.publish("more", "one");
    await registry.expect("POST", resolve(linked), { body: { bucket_names: ["app", "base", "more"] } });
    const again = [{ component: "a", artifacts: [{ external_identifier: "app-one-0", region: "us-east-1" }] }];
    await registry.publish("again", "one", again);
    await registry.publish("app", "two", [{ component: "a" }, { component: "b" }, { component: "c" }]);
    expect(await count()).toEqual(before);
  });

  /** The tables that a statement reads from end to end. */
  async function scansOf(statement: Statement): Promise<string[]> {
    const { db } = registry.server;
    const run = async (text: string) =>
      (
        await db.executeQuery<Record<string, unknown>>({
          ...sql.raw(text).compile(db),
          parameters: statement.parameters,
        })
      ).rows;
    if (!isPostgres(db)) {
      const rows = await run(`explain query plan ${statement.sql}`);
      return rows
        .map((row) => String(row["detail"]))
        .filter((detail) => detail.startsWith("SCAN ") && !derived.test(detail))
        .filter((detail) => !small.test(detail.replace("SCAN ", "")));
    }
    // A small table is read from end to end whatever its indexes are: the planner is told not to, where it has a choice.
    return db.transaction().execute(async (tx) => {
      await sql`set local enable_seqscan = off`.execute(tx);
      const { rows } = await tx.executeQuery<Record<string, unknown>>({
        ...sql.raw(`explain ${statement.sql}`).compile(tx),
        parameters: statement.parameters,
      });
      return rows
        .map((row) => /Seq Scan on (\w+)/.exec(String(row["QUERY PLAN"]))?.[1])
        .filter((table) => table !== undefined && !small.test(table)) as string[];
    });
  }
});
