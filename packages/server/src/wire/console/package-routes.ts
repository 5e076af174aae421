import { Type, type Static } from "typebox";
import { may } from "../../features/access/index.ts";
import { listChannelsOf } from "../../features/channels/index.ts";
import { findPackages, readSboms, type FoundPackage, type Sbom } from "../../features/sboms/index.ts";
import { versionName } from "../../features/versions/index.ts";
import { toRfc3339, toRfc3339OrNull } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { ok, type Route } from "../shared/plane.ts";
import { projectIdOf, projectQuery } from "./asked-project.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import { encodeCursor, pageOf } from "./cursor.ts";
import { limitOf, Nullable, pageQuery, Time } from "./list-query.ts";

export const SbomSchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  format: Type.Enum(["cyclonedx", "spdx"]),
  unreadable_because: Nullable(
    Type.String({ description: "why it could not be parsed: its packages are unknown, not none" }),
  ),
  package_count: Nullable(Type.Integer({ description: "null: unknown" })),
  bytes: Type.Integer({ description: "of the document, unpacked" }),
  sha256: Type.String(),
  author: Type.String(),
  created_at: Time,
});
export type SbomView = Static<typeof SbomSchema>;

export const SbomListSchema = Type.Object({ sboms: Type.Array(SbomSchema) });

const UnreadableSchema = Type.Object({
  bucket: Type.String(),
  fingerprint: Type.String(),
  component_type: Type.String(),
  sbom: Type.String(),
  because: Type.String(),
});

const ContainingBuildSchema = Type.Object({
  version: Type.String(),
  fingerprint: Type.String(),
  build_id: Type.String(),
  component_type: Type.String(),
  sbom: Type.String(),
  channels: Type.Array(Type.String(), {
    description: "those that point at the version now, and that the caller may read",
  }),
  revoke_at: Nullable(Time),
});

export const FoundPackageSchema = Type.Object({
  name: Type.String(),
  version: Type.String(),
  purl: Type.String(),
  bucket: Type.String(),
  builds: Type.Array(ContainingBuildSchema, {
    description: "at most twenty: those of versions that a channel points at, then the newest",
  }),
  builds_total: Type.Integer({ description: "SBOMs of the bucket that name the package" }),
});
export type FoundPackageView = Static<typeof FoundPackageSchema>;

export const FoundPackageListSchema = Type.Object({
  packages: Type.Array(FoundPackageSchema),
  next: Nullable(Type.String()),
  unreadable_sboms: Type.Array(UnreadableSchema, {
    description: "SBOMs that could not be parsed and may name the package too; the newest twenty",
  }),
});

const Text = Type.Optional(Type.String({ minLength: 1, maxLength: 1536 }));
const PackageQuery = Type.Object(
  {
    name: Text,
    name_starts_with: Text,
    version: Text,
    purl: Type.Optional(
      Type.String({ minLength: 5, maxLength: 1536, description: "with or without a version: pkg:deb/debian/openssl" }),
    ),
    bucket: Type.Optional(Type.String({ maxLength: 255 })),
    ...projectQuery,
    ...pageQuery,
  },
  { additionalProperties: false },
);

const SbomQuery = Type.Object(
  {
    bucket: Type.String({ maxLength: 255 }),
    fingerprint: Type.String({ maxLength: 255 }),
    build: Type.String({ maxLength: 64, description: "the id of the build" }),
    ...projectQuery,
  },
  { additionalProperties: false },
);

/** What images are made of. */
export function packageRoutes(deps: Pick<ConsoleDeps, "db">): Route[] {
  return [
    {
      method: "GET",
      path: "/packages",
      needs: "registry:read",
      audit: "package.search",
      doc: {
        summary: "Which buckets contain a package, in which versions and builds, and which channels serve them",
        description:
          "One entry for each package and bucket, ordered by the name of the package. At least one of name, " +
          "name_starts_with, purl and bucket says what is looked for.",
        reply: FoundPackageListSchema,
      },
      query: PackageQuery,
      handle: async ({ actor, query }) => {
        const asked = query as Static<typeof PackageQuery>;
        const { name, name_starts_with: nameStartsWith, version, purl, bucket } = asked;
        if ([name, nameStartsWith, purl, bucket].every((one) => one === undefined)) {
          throw new DomainError(
            "invalid",
            "no_question",
            "Say what is looked for: name, name_starts_with, purl or bucket.",
          );
        }
        const place = {
          organizationId: actor.organizationId,
          projectId: await projectIdOf(deps, actor, asked.project),
        };
        const { found, unreadable } = await findPackages(deps.db, actor, place, {
          filter: { name, nameStartsWith, version, purl },
          bucketName: bucket,
          page: pageOf(limitOf(asked.limit), asked.after, 3),
        });
        const channels = await listChannelsOf(deps.db, [
          ...new Set(found.items.flatMap((item) => item.builds.map((build) => build.versionId))),
        ]);
        const namesOf = (item: FoundPackage, versionId: string) =>
          channels
            .filter((channel) => channel.versionId === versionId)
            .filter(
              (channel) =>
                !channel.restricted || may(actor, "channel:read-restricted", { ...place, bucketName: item.bucketName }),
            )
            .map((channel) => channel.name);
        return ok({
          packages: found.items.map((item) => presentFound(item, (versionId) => namesOf(item, versionId))),
          next: encodeCursor(found.next),
          unreadable_sboms: unreadable.map((one) => ({
            bucket: one.bucketName,
            fingerprint: one.fingerprint,
            component_type: one.componentType,
            sbom: one.name,
            because: one.because,
          })),
        } satisfies Static<typeof FoundPackageListSchema>);
      },
    },
    {
      method: "GET",
      path: "/sboms",
      needs: "registry:read",
      audit: "sbom.list",
      doc: { summary: "The SBOMs of a build, those that could not be parsed marked", reply: SbomListSchema },
      query: SbomQuery,
      handle: async ({ actor, query }) => {
        const { bucket, fingerprint, build, project } = query as Static<typeof SbomQuery>;
        const sboms = await readSboms(deps.db, actor, {
          organizationId: actor.organizationId,
          projectId: await projectIdOf(deps, actor, project),
          name: bucket,
          fingerprint,
          buildId: build,
        });
        return ok({ sboms: sboms.map(presentSbom) } satisfies Static<typeof SbomListSchema>);
      },
    },
  ];
}

function presentFound(item: FoundPackage, channelsOf: (versionId: string) => string[]): FoundPackageView {
  return {
    name: item.name,
    version: item.version,
    purl: item.purl,
    bucket: item.bucketName,
    builds: item.builds.map((build) => ({
      version: versionName(build.number),
      fingerprint: build.fingerprint,
      build_id: build.buildId,
      component_type: build.componentType,
      sbom: build.sbomName,
      channels: channelsOf(build.versionId),
      revoke_at: toRfc3339OrNull(build.revokeAt),
    })),
    builds_total: item.builds[0]?.total ?? 0,
  };
}

function presentSbom(sbom: Sbom): SbomView {
  return {
    id: sbom.id,
    name: sbom.name,
    format: sbom.format,
    unreadable_because: sbom.unreadableBecause,
    package_count: sbom.packageCount,
    bytes: sbom.bytes,
    sha256: sbom.sha256,
    author: sbom.author,
    created_at: toRfc3339(sbom.createdAt),
  };
}
