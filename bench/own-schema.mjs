// A benchmark on PostgreSQL has a schema of its own, which goes with it.
import { randomBytes } from "node:crypto";
import { Client as Postgres } from "pg";

/** Calls `work(url)` with the address of an empty schema, and answers what it answers. */
export async function onOwnSchema(url, work) {
  const schema = `bench_${randomBytes(4).toString("hex")}`;
  const client = new Postgres({ connectionString: url });
  await client.connect();
  await client.query(`create schema ${schema}`);
  try {
    const own = new URL(url);
    own.searchParams.set("options", `-c search_path=${schema}`);
    return await work(own.href);
  } finally {
    await client.query(`drop schema ${schema} cascade`);
    await client.end();
  }
}
