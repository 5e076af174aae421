import { Type, type Static } from "typebox";
import {
  enforcementReasons,
  enforcementStates,
  readEnforcements,
  type VersionEnforcement,
} from "../../features/enforced-blocks/index.ts";
import { versionName } from "../../features/versions/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { ok, type Route } from "../shared/plane.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import { encodeCursor, pageOf } from "./cursor.ts";
import { limitOf, Nullable, pageQuery, Time } from "./list-query.ts";
import { projectIdOf, projectQuery } from "./asked-project.ts";

const EnforcementSchema = Type.Object({
  version: Type.String(),
  fingerprint: Type.String(),
  state: Type.Enum([...enforcementStates], {
    description:
      "whether its builds were given the blocks they had to run; `unknown` never counts as good, and says nothing of what they did with them",
  }),
  reason: Type.Enum([...enforcementReasons]),
  blocks: Type.Array(Type.Object({ block: Type.String(), version: Type.String() }), {
    description: "what its builds had to run",
  }),
  decided_at: Time,
});
export type EnforcementView = Static<typeof EnforcementSchema>;

export const EnforcementListSchema = Type.Object({
  enforcements: Type.Array(EnforcementSchema),
  next: Nullable(Type.String()),
});

const EnforcementQuery = Type.Object(
  {
    bucket: Type.String({ maxLength: 255 }),
    ...projectQuery,
    fingerprint: Type.Optional(Type.String({ maxLength: 255 })),
    state: Type.Optional(Type.Enum([...enforcementStates])),
    ...pageQuery,
  },
  { additionalProperties: false },
);

/** Which versions were built with the enforced blocks of their bucket. */
export function enforcementRoutes(deps: ConsoleDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/version-enforcements",
      needs: "registry:read",
      audit: "version-enforcement.list",
      doc: {
        summary: "Whether the versions of an image were built with its enforced blocks",
        description: "Complete versions alone, newest first; it is decided when a version becomes complete.",
        reply: EnforcementListSchema,
      },
      query: EnforcementQuery,
      handle: async ({ actor, query }) => {
        const { bucket, project, fingerprint, state, after, limit } = query as Static<typeof EnforcementQuery>;
        const projectId = await projectIdOf(deps, actor, project);
        const cut = await readEnforcements(
          deps.db,
          actor,
          { organizationId: actor.organizationId, projectId, name: bucket },
          {
            page: pageOf(limitOf(limit), after),
            ...(fingerprint === undefined ? {} : { fingerprint }),
            ...(state === undefined ? {} : { state }),
          },
        );
        return ok({
          enforcements: cut.items.map(present),
          next: encodeCursor(cut.next),
        } satisfies Static<typeof EnforcementListSchema>);
      },
    },
  ];
}

function present(enforcement: VersionEnforcement): EnforcementView {
  return {
    version: versionName(enforcement.number),
    fingerprint: enforcement.fingerprint,
    state: enforcement.state,
    reason: enforcement.reason,
    blocks: enforcement.blocks.map(({ block, version }) => ({ block, version })),
    decided_at: toRfc3339(enforcement.decidedAt),
  };
}
