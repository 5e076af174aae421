import { Type, type Static } from "typebox";
import {
  deleteToken,
  findActorByToken,
  may,
  permissions,
  projectScope,
  roleNames,
  startSession,
  type Actor,
} from "../../features/access/index.ts";
import { findOrganization } from "../../features/organizations/index.ts";
import { listProjects, type Project } from "../../features/projects/index.ts";
import { toRfc3339OrNull, type Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { authenticateCaller } from "../shared/bearer.ts";
import { endedSessionCookie, sessionCookie, sessionToken } from "../shared/session-cookie.ts";
import { ok, type Route } from "../shared/plane.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import { Nullable, Time } from "./list-query.ts";

const ProjectRef = Type.Object({
  id: Type.String(),
  external_id: Type.String(),
  name: Type.String(),
  permissions: Type.Array(Type.String(), { description: "what the caller may do in it" }),
});

export const SessionSchema = Type.Object({
  user: Type.Object({
    id: Type.String(),
    kind: Type.String(),
    name: Type.String(),
    role: Type.String({ description: "its roles, wherever it has them" }),
  }),
  organization: Type.Object({ id: Type.String(), name: Type.String() }),
  /** The only one it sees; null: several, or every project of the organization. */
  project: Nullable(ProjectRef),
  projects: Type.Array(ProjectRef, { description: "every project that the caller sees, the oldest first" }),
  permissions: Type.Array(Type.String(), { description: "what the caller may do in the organization or some project" }),
  /** Null: the credential does not end. */
  expires_at: Nullable(Time),
});
export type Session = Static<typeof SessionSchema>;

const SignIn = Type.Object(
  {
    token: Type.String({ minLength: 1, maxLength: 512, description: "an API token of a user or a service principal" }),
  },
  { additionalProperties: false },
);

/** Signing in and out of the console, and who the caller is. */
export function sessionRoutes(deps: ConsoleDeps): Route[] {
  return [
    {
      method: "POST",
      path: "/session",
      needs: "public",
      audit: "session.start",
      doc: {
        summary: "Sign in",
        description: "Exchanges an API token for a cookie that scripts cannot read, for at most twelve hours.",
        reply: SessionSchema,
        status: 201,
      },
      body: SignIn,
      handle: async ({ body, note }) => {
        const { token } = body as Static<typeof SignIn>;
        const session = await startSession(deps.db, token.trim(), deps.now());
        const actor = session && (await findActorByToken(deps.db, session.token, deps.now()));
        if (session === undefined || actor === undefined) {
          throw new DomainError(
            "unauthenticated",
            "bad_token",
            "This token is not known here, or has ended. The first one is admin.token in the file bootstrap.json of the server's data directory.",
          );
        }
        note({ actor });
        const seconds = Math.floor((session.expiresAt - deps.now()) / 1000);
        return {
          status: 201,
          headers: { "set-cookie": sessionCookie(session.token, seconds), "cache-control": "no-store" },
          body: await presentSession(deps, actor, session.expiresAt),
        };
      },
    },
    {
      method: "GET",
      path: "/session",
      needs: "public",
      audit: "session.read",
      doc: {
        summary: "Who the caller is, and what it may do",
        description: "204 for a browser in which nobody is signed in.",
        reply: SessionSchema,
      },
      handle: async ({ request }) => {
        const actor = await authenticateCaller(deps)(request);
        if (actor !== undefined) return ok(await presentSession(deps, actor, null));
        // Asking is how a browser finds out: an error would stand in its log each time.
        if (request.headers.authorization === undefined) return { status: 204 };
        throw new DomainError("unauthenticated", "bad_token", "This token is not known here, or has ended.");
      },
    },
    {
      method: "DELETE",
      path: "/session",
      needs: "public",
      audit: "session.end",
      doc: { summary: "Sign out", status: 204 },
      handle: async ({ request, note }) => {
        const token = sessionToken(request);
        const actor = token === undefined ? undefined : await findActorByToken(deps.db, token, deps.now());
        if (actor !== undefined) note({ actor });
        if (token !== undefined) await deleteToken(deps.db, token);
        return { status: 204, headers: { "set-cookie": endedSessionCookie() } };
      },
    },
  ];
}

async function presentSession(deps: ConsoleDeps, actor: Actor, expiresAt: Millis | null): Promise<Session> {
  const organization = await findOrganization(deps.db, actor.organizationId);
  const scope = projectScope(actor, "project:read");
  const found = await listProjects(deps.db, { organizationId: actor.organizationId, projects: scope });
  const projects = found.map((project) => presentProject(project, actor));
  const { organizationId } = actor;
  return {
    user: { id: actor.id, kind: actor.kind, name: actor.name, role: roleNames(actor) },
    organization: { id: organizationId, name: organization?.name ?? "" },
    project: scope === null || projects.length > 1 ? null : (projects[0] ?? null),
    projects,
    permissions: permissions.filter(
      (permission) =>
        may(actor, permission, { organizationId }) || projects.some((one) => one.permissions.includes(permission)),
    ),
    expires_at: toRfc3339OrNull(expiresAt),
  };
}

function presentProject({ id, externalId, organizationId, name }: Project, actor: Actor): Static<typeof ProjectRef> {
  const held = permissions.filter((permission) => may(actor, permission, { organizationId, projectId: id }));
  return { id, external_id: externalId, name, permissions: held };
}
