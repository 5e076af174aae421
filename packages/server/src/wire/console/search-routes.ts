import { bucketsInScope } from "../../features/access/index.ts";
import { Type, type Static } from "typebox";
import { search, type Finding } from "../../features/search/index.ts";
import { ok, type Route } from "../shared/plane.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import { WorkspaceRef } from "./list-query.ts";

export const SearchResultSchema = Type.Object({
  kind: Type.Enum(["bucket", "version", "workspace", "image"]),
  title: Type.String(),
  detail: Type.String(),
  bucket: Type.Optional(Type.String()),
  version: Type.Optional(Type.String()),
  fingerprint: Type.Optional(Type.String()),
  workspace: Type.Optional(WorkspaceRef),
  identifier: Type.Optional(Type.String()),
});
export type SearchResult = Static<typeof SearchResultSchema>;

export const SearchReplySchema = Type.Object({ results: Type.Array(SearchResultSchema) });

const SearchQuery = Type.Object(
  { q: Type.String({ minLength: 1, maxLength: 512, description: "a part of what is looked for" }) },
  { additionalProperties: false },
);

const resultsOfKind = 10;

/** One field to find everything by. */
export function searchRoutes(deps: Pick<ConsoleDeps, "db">): Route[] {
  return [
    {
      method: "GET",
      path: "/search",
      needs: "image-use:read",
      audit: "search.read",
      doc: {
        summary: "Buckets, versions, workspaces and images by a part of what they are called",
        description: "At most ten of each kind. `golden-app v3` finds a version.",
        reply: SearchReplySchema,
      },
      query: SearchQuery,
      handle: async ({ actor, query }) => {
        const { q } = query as Static<typeof SearchQuery>;
        const scope = { organizationId: actor.organizationId, ...bucketsInScope(actor) };
        const filter = { ...scope, query: q, limit: resultsOfKind };
        const findings = q.trim() === "" ? [] : await search(deps.db, filter);
        return ok({ results: findings.map(presentFinding) });
      },
    },
  ];
}

function presentFinding(finding: Finding): SearchResult {
  switch (finding.kind) {
    case "bucket":
      return { kind: "bucket", title: finding.bucketName, detail: finding.description, bucket: finding.bucketName };
    case "version": {
      const { bucketName, versionName, fingerprint } = finding;
      return {
        kind: "version",
        title: `${bucketName} ${versionName}`,
        detail: fingerprint,
        bucket: bucketName,
        version: versionName,
        fingerprint,
      };
    }
    case "workspace": {
      const { id, name, description } = finding;
      return { kind: "workspace", title: name, detail: description, workspace: { id, name } };
    }
    case "image": {
      const { identifier, version } = finding;
      if (version === null) {
        return { kind: "image", title: identifier, detail: "not in the registry", identifier };
      }
      return {
        kind: "image",
        title: identifier,
        detail: `${version.bucketName} ${version.versionName}`,
        identifier,
        bucket: version.bucketName,
        version: version.versionName,
        fingerprint: version.fingerprint,
      };
    }
  }
}
