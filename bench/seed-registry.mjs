// Fills a registry in bulk: buckets of versions with one build each, a history of every channel `latest`, and a family
// tree in which every bucket was built from the latest version of another. Plain SQL that both databases understand.
import { sql } from "kysely";

export const versionsPerBucket = 50;

// Wide enough that numbers sort as texts do.
const base = 100_000_000;
const idOf = (letter) => `01J0000000000000${letter}`;
/** Names of what was seeded, for the load. */
export const bucketName = (bucket) => `bucket-${base + bucket}`;
export const fingerprintOf = (version) => `f${base + version}`;

/** Adds the buckets numbered `from` to `to`. Every time is in the past; nothing is announced to anybody. */
export async function seedRegistry(db, projectId, { from, to }) {
  const step = 500;
  for (let first = from; first <= to; first += step) {
    await db.transaction().execute(async (tx) => {
      for (const statement of statements(projectId, first, Math.min(to, first + step - 1))) {
        await sql.raw(statement).execute(tx);
      }
    });
  }
}

function statements(projectId, from, to) {
  const numbers = `with recursive b(i) as (select ${from} union all select i + 1 from b where i < ${to}),
    v(j) as (select 1 union all select j + 1 from v where j < ${versionsPerBucket})`;
  const bucket = (i = "i") => `'${idOf("B")}' || (${base} + ${i})`;
  const version = (i = "i", j = "j") => `'${idOf("V")}' || (${base} + ${i} * 1000 + ${j})`;
  const build = `'${idOf("D")}' || (${base} + i * 1000 + j)`;
  const at = "1700000000000 + i * 1000 + j";
  return [
    `insert into buckets (id, project_id, name, description, labels, created_at, updated_at)
     ${numbers} select ${bucket()}, '${projectId}', 'bucket-' || (${base} + i), 'A seeded bucket', '{"os":"debian"}',
       1700000000000 + i * 1000, 1700000000000 + i * 1000 from b`,
    `insert into versions (id, bucket_id, fingerprint, number, template_type, author, created_at, updated_at, revocation_cascades)
     ${numbers} select ${version()}, ${bucket()}, 'f' || (${base} + j), j, 'hcl2', 'ci', ${at}, ${at}, 0 from b cross join v`,
    `insert into builds (id, version_id, component_type, packer_run_uuid, platform, status, source_external_identifier,
       parent_version_id, parent_channel_id, labels, metadata, beat_at, created_at, updated_at)
     ${numbers} select ${build}, ${version()}, 'amazon-ebs.debian', '00000000-0000-4000-8000-000000000000', 'aws', 'done',
       'ami-parent', ${version("(i / 10 + 1)", versionsPerBucket)}, '${idOf("P")}' || (${base} + i / 10 + 1),
       '{"git_sha":"0123456789abcdef","os":"debian"}', '{"packer":{"version":"1.16.0"}}', ${at}, ${at}, ${at}
     from b cross join v`,
    `insert into artifacts (id, build_id, external_identifier, region, created_at)
     ${numbers} select '${idOf("A")}' || (${base} + i * 1000 + j), ${build}, 'ami-' || (${base} + i * 1000 + j), 'us-east-1', ${at}
     from b cross join v`,
    ...["L", "P"].map(
      (
        letter,
      ) => `insert into channels (id, bucket_id, name, author, managed, restricted, version_id, created_at, updated_at)
     ${numbers} select '${idOf(letter)}' || (${base} + i), ${bucket()}, '${letter === "L" ? "latest" : "production"}', null,
       ${letter === "L" ? 1 : 0}, 0, ${version("i", versionsPerBucket)}, 1700000000000, 1700000000000 from b`,
    ),
    `insert into channel_assignments (channel_id, position, version_id, author, assigned_at)
     ${numbers} select '${idOf("L")}' || (${base} + i), j, ${version()}, null, ${at} from b cross join v`,
  ];
}
