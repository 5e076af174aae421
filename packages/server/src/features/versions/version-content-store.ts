import type { Db } from "../../db/database.ts";

/** What one build of a version produced, for those who tell about the version as a whole. */
export interface BuildContent {
  readonly id: string;
  readonly platform: string;
  readonly componentType: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly artifacts: readonly { readonly region: string; readonly externalIdentifier: string }[];
}

/** Every build of a version with its artifacts, oldest first. One statement. */
export async function readVersionContent(db: Db, versionId: string): Promise<BuildContent[]> {
  const rows = await db
    .selectFrom("builds")
    .leftJoin("artifacts", "artifacts.build_id", "builds.id")
    .select([
      "builds.id",
      "builds.platform",
      "builds.component_type",
      "builds.labels",
      "artifacts.region",
      "artifacts.external_identifier",
    ])
    .where("builds.version_id", "=", versionId)
    .orderBy("builds.id")
    .orderBy("artifacts.id")
    .execute();
  const builds = new Map<string, BuildContent & { artifacts: BuildContent["artifacts"][number][] }>();
  for (const row of rows) {
    const build = builds.get(row.id) ?? {
      id: row.id,
      platform: row.platform,
      componentType: row.component_type,
      labels: JSON.parse(row.labels) as BuildContent["labels"],
      artifacts: [],
    };
    builds.set(row.id, build);
    if (row.external_identifier !== null) {
      build.artifacts.push({ region: row.region ?? "", externalIdentifier: row.external_identifier });
    }
  }
  return [...builds.values()];
}
