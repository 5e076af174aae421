import { Readable } from "node:stream";
import { Type, type Static } from "typebox";
import { checkOrganizationWide } from "../../features/access/index.ts";
import {
  archiveTooLarge,
  getImport,
  listImports,
  readCoverage,
  receiveArchive,
  type AdvisoryImport,
  type AdvisoryImportDeps,
  type EcosystemCoverage,
} from "../../features/vulnerabilities/index.ts";
import { toRfc3339, toRfc3339OrNull } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { ok, type Route } from "../shared/plane.ts";
import { encodeCursor, pageOf } from "./cursor.ts";
import { limitOf, Nullable, pageQuery, Time } from "./list-query.ts";

export const AdvisoryImportSchema = Type.Object({
  id: Type.String(),
  ecosystem: Nullable(Type.String({ description: "null until the archive has been looked at" })),
  status: Type.Enum(["queued", "running", "done", "failed"]),
  error: Nullable(Type.String({ description: "why it failed" })),
  file_name: Type.String(),
  sha256: Type.String({ description: "of the file, in hexadecimal" }),
  bytes: Type.Integer(),
  author: Type.String(),
  entries_total: Nullable(Type.Integer()),
  entries_read: Type.Integer(),
  advisories: Type.Integer(),
  withdrawn: Type.Integer({ description: "of the advisories, those that their database took back" }),
  skipped: Type.Integer({ description: "entries that are no advisory of this ecosystem, or cannot be read" }),
  newest_change_at: Nullable(Time),
  created_at: Time,
  ended_at: Nullable(Time),
});
export type AdvisoryImportView = Static<typeof AdvisoryImportSchema>;

const ImportReplySchema = Type.Object({ import: AdvisoryImportSchema });
const ImportListSchema = Type.Object({ imports: Type.Array(AdvisoryImportSchema), next: Nullable(Type.String()) });

export const CoverageSchema = Type.Object({
  ecosystem: Nullable(Type.String({ description: "null: packages that no advisories are written for" })),
  archive: Nullable(AdvisoryImportSchema),
  packages: Type.Integer({ description: "packages of this ecosystem in all SBOMs" }),
  packages_judged: Type.Integer({ description: "of these, how many could be judged; the others are unknown" }),
});
export const CoverageListSchema = Type.Object({ ecosystems: Type.Array(CoverageSchema) });
export type CoverageView = Static<typeof CoverageSchema>;

const UploadQuery = Type.Object(
  {
    ecosystem: Type.Optional(
      Type.String({ maxLength: 64, description: "as OSV calls it, `Debian`; read from the archive when left out" }),
    ),
    file_name: Type.Optional(Type.String({ maxLength: 255, description: "for the record" })),
  },
  { additionalProperties: false },
);
const ImportsQuery = Type.Object(pageQuery, { additionalProperties: false });

const zipType = "application/zip";

/** Archives of advisories: where they come in, and what they cover. */
export function advisoryRoutes(deps: AdvisoryImportDeps): Route[] {
  return [
    {
      method: "POST",
      path: "/advisories/imports",
      needs: "advisory:import",
      audit: "advisory.import",
      doc: {
        summary: "Import an archive of advisories, the file all.zip of an ecosystem as OSV publishes it",
        description:
          "The body is the zip file itself, with the content type application/zip. It is read by a job; when that is done, the archive takes the place of the one before it for its ecosystem, and every package of it is judged anew.",
        reply: ImportReplySchema,
        status: 202,
      },
      query: UploadQuery,
      streamTypes: [zipType],
      bodyBytesMax: deps.archiveBytesMax,
      admit: async (request) => {
        if (Number(request.headers["content-length"] ?? 0) > deps.archiveBytesMax) {
          throw archiveTooLarge(deps.archiveBytesMax);
        }
      },
      handle: async ({ actor, body, query }) => {
        if (!(body instanceof Readable)) {
          throw new DomainError("unsupported", "media_type", `Send the archive as the body, as ${zipType}.`);
        }
        const { ecosystem, file_name: fileName } = query as Static<typeof UploadQuery>;
        const received = await receiveArchive(deps, actor, {
          body,
          fileName: fileName ?? "all.zip",
          ecosystem: ecosystem ?? null,
        });
        return { status: 202, body: { import: presentImport(received) } };
      },
    },
    {
      method: "GET",
      path: "/advisories/imports",
      needs: "advisory:read",
      audit: "advisory.list-imports",
      doc: { summary: "Imports of archives, newest first", reply: ImportListSchema },
      query: ImportsQuery,
      handle: async ({ actor, query }) => {
        checkOrganizationWide(actor);
        const { after, limit } = query as Static<typeof ImportsQuery>;
        const page = await listImports(deps.db, actor.organizationId, pageOf(limitOf(limit), after));
        return ok({ imports: page.items.map(presentImport), next: encodeCursor(page.next) });
      },
    },
    {
      method: "GET",
      path: "/advisories/imports/:import_id",
      needs: "advisory:read",
      audit: "advisory.read-import",
      doc: { summary: "How far an import is", reply: ImportReplySchema },
      handle: async ({ actor, params }) =>
        ok({ import: presentImport(await getImport(deps.db, actor, params["import_id"] ?? "")) }),
    },
    {
      method: "GET",
      path: "/advisories/ecosystems",
      needs: "advisory:read",
      audit: "advisory.list-ecosystems",
      doc: {
        summary: "Which archive speaks for each ecosystem, and for which ecosystems there are packages but no archive",
        description: "Packages of an ecosystem without an archive are unknown, which is not the same as clean.",
        reply: CoverageListSchema,
      },
      handle: async ({ actor }) => {
        checkOrganizationWide(actor);
        return ok({ ecosystems: (await readCoverage(deps.db, actor.organizationId)).map(presentCoverage) });
      },
    },
  ];
}

function presentCoverage(one: EcosystemCoverage): CoverageView {
  return {
    ecosystem: one.ecosystem === "" ? null : one.ecosystem,
    archive: one.archive === null ? null : presentImport(one.archive),
    packages: one.packages,
    packages_judged: one.judged,
  };
}

function presentImport(one: AdvisoryImport): AdvisoryImportView {
  return {
    id: one.id,
    ecosystem: one.ecosystem,
    status: one.status,
    error: one.errorMessage,
    file_name: one.fileName,
    sha256: one.sha256,
    bytes: one.bytes,
    author: one.author,
    entries_total: one.entriesTotal,
    entries_read: one.entriesRead,
    advisories: one.advisories,
    withdrawn: one.withdrawn,
    skipped: one.skipped,
    newest_change_at: toRfc3339OrNull(one.modifiedAt),
    created_at: toRfc3339(one.createdAt),
    ended_at: toRfc3339OrNull(one.endedAt),
  };
}
