import { Type, type Static } from "typebox";
import {
  deleteToken,
  findActorByToken,
  may,
  moveSession,
  permissions,
  projectScope,
  roleNames,
  startSession,
  type Actor,
} from "../../features/access/index.ts";
import { listOrganizationsOf } from "../../features/memberships/index.ts";
import { findOrganization, listOrganizations, organizationNotFound } from "../../features/organizations/index.ts";
import { listProjects, type Project } from "../../features/projects/index.ts";
import { toRfc3339OrNull, type Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { authenticateCaller } from "../shared/bearer.ts";
import { endedSessionCookie, sessionCookie, sessionToken } from "../shared/session-cookie.ts";
import { ok, type Route } from "../shared/plane.ts";
import type { ConsoleDeps, SignInDeps } from "./console-deps.ts";
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
  organizations: Type.Array(Type.Object({ id: Type.String(), name: Type.String() }), {
    description: "those that the person is in, at most a hundred by name",
  }),
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

const Move = Type.Object({ organization_id: Type.String({ maxLength: 64 }) }, { additionalProperties: false });

/** Signing in and out of the console, and who the caller is. */
export function sessionRoutes(deps: SignInDeps): Route[] {
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
      handle: async ({ body, request, note }) => {
        const { token } = body as Static<typeof SignIn>;
        const session = await startSession(deps.db, token.trim(), deps.now());
        const actor = session && (await findActorByToken(deps.db, session.token, deps.now()));
        if (session === undefined || actor === undefined) {
          deps.signInRefusals.take(request.ip, deps.now());
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
      method: "POST",
      path: "/session/organization",
      needs: "authenticated",
      audit: "session.move",
      doc: {
        summary: "Show another organization",
        description: "For the session of a browser, and an organization that its person is in.",
        reply: SessionSchema,
      },
      body: Move,
      handle: async ({ actor, body, request }) => {
        const { organization_id: organizationId } = body as Static<typeof Move>;
        const own = (await listOrganizationsOf(deps.db, actor.id)).includes(organizationId);
        if (!own) throw organizationNotFound(organizationId);
        const token = sessionToken(request);
        if (token === undefined || !(await moveSession(deps.db, token, organizationId))) {
          throw new DomainError(
            "invalid",
            "no_session",
            "Only the session of a person's browser shows one organization.",
          );
        }
        return ok(await presentSession(deps, (await findActorByToken(deps.db, token, deps.now())) ?? actor, null));
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

/** Who the caller is, for the console. */
export async function presentSession(deps: ConsoleDeps, actor: Actor, expiresAt: Millis | null): Promise<Session> {
  const organization = await findOrganization(deps.db, actor.organizationId);
  const scope = projectScope(actor, "project:read");
  const found = await listProjects(deps.db, { organizationId: actor.organizationId, projects: scope });
  const projects = found.map((project) => presentProject(project, actor));
  const { organizationId } = actor;
  return {
    user: { id: actor.id, kind: actor.kind, name: actor.name, role: roleNames(actor) },
    organization: { id: organizationId, name: organization?.name ?? "" },
    organizations: await organizationsOf(deps, actor),
    project: scope === null || projects.length > 1 ? null : (projects[0] ?? null),
    projects,
    permissions: permissions.filter(
      (permission) =>
        may(actor, permission, { organizationId }) || projects.some((one) => one.permissions.includes(permission)),
    ),
    expires_at: toRfc3339OrNull(expiresAt),
  };
}

async function organizationsOf({ db }: ConsoleDeps, actor: Actor): Promise<Session["organizations"]> {
  if (actor.kind !== "user") return [];
  const ids = await listOrganizationsOf(db, actor.id);
  const { items } = await listOrganizations(db, { ids }, { number: 1, size: 100 });
  return items.map(({ id, name }) => ({ id, name }));
}

function presentProject({ id, externalId, organizationId, name }: Project, actor: Actor): Static<typeof ProjectRef> {
  const held = permissions.filter((permission) => may(actor, permission, { organizationId, projectId: id }));
  return { id, external_id: externalId, name, permissions: held };
}
