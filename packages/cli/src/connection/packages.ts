import { Type, type Static } from "typebox";
import { callApi, type Api } from "./call-api.ts";

const TextOrNull = Type.Union([Type.String(), Type.Null()]);

const FoundPackageSchema = Type.Object({
  name: Type.String(),
  version: Type.String(),
  purl: Type.String(),
  bucket: Type.String(),
  builds: Type.Array(
    Type.Object({
      version: Type.String(),
      fingerprint: Type.String(),
      component_type: Type.String(),
      sbom: Type.String(),
      channels: Type.Array(Type.String()),
      revoke_at: TextOrNull,
    }),
  ),
  builds_total: Type.Integer(),
});
export type FoundPackage = Static<typeof FoundPackageSchema>;

const UnreadableSbomSchema = Type.Object({ bucket: Type.String(), sbom: Type.String(), because: Type.String() });

const PageSchema = Type.Object({
  packages: Type.Array(FoundPackageSchema),
  next: TextOrNull,
  unreadable_sboms: Type.Array(UnreadableSbomSchema),
});

export interface FoundPackages {
  readonly packages: readonly FoundPackage[];
  /** Whose packages nobody knows: they may have it too. */
  readonly unreadable_sboms: readonly Static<typeof UnreadableSbomSchema>[];
}

/** Which buckets contain a package, every page. */
export async function findPackages(api: Api, question: Readonly<Record<string, string>>): Promise<FoundPackages> {
  const packages: FoundPackage[] = [];
  let unreadable: FoundPackages["unreadable_sboms"] = [];
  let after: string | null = null;
  do {
    const query = new URLSearchParams({ ...question, limit: "1000", ...(after === null ? {} : { after }) });
    const page: Static<typeof PageSchema> = await callApi(api, { path: `/packages?${query.toString()}` }, PageSchema);
    packages.push(...page.packages);
    unreadable = page.unreadable_sboms;
    after = page.next;
  } while (after !== null);
  return { packages, unreadable_sboms: unreadable };
}
