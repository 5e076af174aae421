import { createReadStream } from "node:fs";
import { Type, type Static, type TSchema } from "typebox";
import { Value } from "typebox/value";
import { CommandError } from "../command-line/command.ts";
import { callApi, type Api } from "./call-api.ts";
import { requireToken } from "./connection.ts";

const TextOrNull = Type.Union([Type.String(), Type.Null()]);

const ImportSchema = Type.Object({
  id: Type.String(),
  ecosystem: TextOrNull,
  /** `queued`, `running`, `done` or `failed`. */
  status: Type.String(),
  error: TextOrNull,
  file_name: Type.String(),
  sha256: Type.String(),
  entries_total: Type.Union([Type.Integer(), Type.Null()]),
  entries_read: Type.Integer(),
  advisories: Type.Integer(),
  withdrawn: Type.Integer(),
  skipped: Type.Integer(),
  newest_change_at: TextOrNull,
  ended_at: TextOrNull,
});
export type AdvisoryImport = Static<typeof ImportSchema>;
const ImportReply = Type.Object({ import: ImportSchema });

const CoverageSchema = Type.Object({
  ecosystem: TextOrNull,
  archive: Type.Union([ImportSchema, Type.Null()]),
  packages: Type.Integer(),
  packages_judged: Type.Integer(),
});
export type Coverage = Static<typeof CoverageSchema>;

const FindingSchema = Type.Object({
  identifier: Type.String(),
  refers_to: Type.Array(Type.String()),
  criticality: Type.String(),
  package: Type.Object({ name: Type.String(), version: Type.String() }),
  fixed_version: TextOrNull,
  first_seen_at: Type.String(),
});
export type Finding = Static<typeof FindingSchema>;

const VersionReply = Type.Object({
  bucket: Type.String(),
  version: Type.String(),
  complete: Type.Boolean(),
  builds: Type.Integer(),
  builds_with_sbom: Type.Integer(),
  packages: Type.Array(Type.Object({ ecosystem: TextOrNull, state: Type.String(), packages: Type.Integer() })),
  vulnerabilities: Type.Array(FindingSchema),
  next: TextOrNull,
});
export type VersionVulnerabilities = Omit<Static<typeof VersionReply>, "next">;

const AffectedSchema = Type.Object({
  bucket: Type.String(),
  version: Type.String(),
  packages: Type.Array(Type.Object({ name: Type.String(), version: Type.String(), fixed_version: TextOrNull })),
  channels: Type.Array(Type.String()),
  workspaces: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
});
export type Affected = Static<typeof AffectedSchema>;

// An archive of some hundred megabytes over a slow line.
const uploadTimeoutMs = 3_600_000;

/** Sends the file as it is, without reading it into memory. Throws CommandError with the server's reason. */
export async function uploadArchive(
  api: Api,
  file: string,
  given: { readonly fileName: string; readonly ecosystem?: string | undefined },
): Promise<AdvisoryImport> {
  const query = new URLSearchParams({
    file_name: given.fileName,
    ...(given.ecosystem === undefined ? {} : { ecosystem: given.ecosystem }),
  });
  const answer = await api.http.send(`${api.connection.url}/api/v1/advisories/imports?${query.toString()}`, {
    method: "POST",
    headers: { authorization: `Bearer ${requireToken(api.connection)}`, "content-type": "application/zip" },
    body: createReadStream(file),
    duplex: "half",
    signal: AbortSignal.timeout(uploadTimeoutMs),
  });
  if (Value.Check(ImportReply, answer.json)) return answer.json.import;
  const reason = (answer.json as { message?: string } | undefined)?.message ?? answer.text.slice(0, 200);
  throw new CommandError(`${given.fileName} was refused (HTTP ${answer.status}): ${reason}`);
}

export async function readImport(api: Api, id: string): Promise<AdvisoryImport> {
  return (await callApi(api, { path: `/advisories/imports/${encodeURIComponent(id)}` }, ImportReply)).import;
}

export async function readCoverage(api: Api): Promise<Coverage[]> {
  const reply = Type.Object({ ecosystems: Type.Array(CoverageSchema) });
  return (await callApi(api, { path: "/advisories/ecosystems" }, reply)).ecosystems;
}

/** Every page, with what is known about the version as the first page says it. */
export async function readVersionVulnerabilities(
  api: Api,
  version: { readonly bucket: string; readonly fingerprint: string; readonly project: string },
): Promise<VersionVulnerabilities> {
  const pages = await everyPage(api, "/vulnerabilities", { ...version }, VersionReply);
  const {
    bucket,
    version: name,
    complete,
    builds,
    builds_with_sbom,
    packages,
  } = pages[0] as Static<typeof VersionReply>;
  const vulnerabilities = pages.flatMap((page) => page.vulnerabilities);
  return { bucket, version: name, complete, builds, builds_with_sbom, packages, vulnerabilities };
}

/** Every page. */
export async function listAffected(api: Api, name: string): Promise<Affected[]> {
  const reply = Type.Object({ affected: Type.Array(AffectedSchema), next: TextOrNull });
  return (await everyPage(api, "/vulnerabilities/affected", { name }, reply)).flatMap((page) => page.affected);
}

async function everyPage<T extends TSchema>(
  api: Api,
  path: string,
  question: Readonly<Record<string, string>>,
  reply: T,
): Promise<Static<T>[]> {
  const pages: Static<T>[] = [];
  let after: string | null = null;
  do {
    const query = new URLSearchParams({ ...question, limit: "1000", ...(after === null ? {} : { after }) });
    const page: Static<T> = await callApi(api, { path: `${path}?${query.toString()}` }, reply);
    pages.push(page);
    after = (page as { next: string | null }).next;
  } while (after !== null);
  return pages;
}
