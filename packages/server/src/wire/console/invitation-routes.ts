import type { FastifyRequest } from "fastify";
import { Type, type Static } from "typebox";
import { findActorByToken, moveSession } from "../../features/access/index.ts";
import { acceptByLink, joinByInvitation, openInvitation } from "../../features/invitations/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { sessionCookie, sessionToken } from "../shared/session-cookie.ts";
import { ok, type Route } from "../shared/plane.ts";
import type { SignInDeps } from "./console-deps.ts";
import { Time } from "./list-query.ts";
import { presentSession, SessionSchema } from "./session-routes.ts";

const Secret = Type.Object(
  { secret: Type.String({ minLength: 1, maxLength: 128, description: "what stands after # in the link" }) },
  { additionalProperties: false },
);

const InvitationSchema = Type.Object({
  organization: Type.Object({ id: Type.String(), name: Type.String() }),
  email: Type.String(),
  invited_by: Type.String(),
  expires_at: Time,
});
export type OpenedInvitationView = Static<typeof InvitationSchema>;

const AcceptedSchema = Type.Object({ organization: Type.Object({ id: Type.String() }) });

/** What the holder of an invitation's link does with it. The link is a credential, and wrong ones are counted as such. */
export function invitationRoutes(deps: SignInDeps): Route[] {
  return [
    {
      method: "POST",
      path: "/invitations/open",
      needs: "public",
      audit: "invitation.open",
      reads: true,
      doc: {
        summary: "What an invitation is about",
        description: "Changes nothing, and does not tell whether there is an account for the address.",
        reply: InvitationSchema,
      },
      body: Secret,
      bodyBytesMax: 4096,
      handle: async ({ body, request }) => {
        const { secret } = body as Static<typeof Secret>;
        const opened = await counted(deps, request, () => openInvitation(deps, secret));
        const view: OpenedInvitationView = {
          organization: { id: opened.membership.organizationId, name: opened.organizationName },
          email: opened.membership.email,
          invited_by: opened.invitation.invitedBy,
          expires_at: toRfc3339(opened.invitation.expiresAt),
        };
        return { ...ok(view), headers: { "cache-control": "no-store" } };
      },
    },
    {
      method: "POST",
      path: "/invitations/join",
      needs: "public",
      audit: "invitation.join",
      doc: {
        summary: "Accept an invitation as a new person, and sign in",
        description:
          "Once, and only for an address of which there was no account; whoever has one signs in and accepts.",
        reply: SessionSchema,
        status: 201,
      },
      body: Secret,
      bodyBytesMax: 4096,
      handle: async ({ body, request, note }) => {
        const { secret } = body as Static<typeof Secret>;
        const { membership, session } = await counted(deps, request, () => joinByInvitation(deps, secret));
        const actor = await findActorByToken(deps.db, session.token, deps.now());
        if (actor === undefined)
          throw new DomainError("conflict", "deleted_meanwhile", "The organization was deleted.");
        note({ actor, detail: { membership: membership.id } });
        const seconds = Math.floor((session.expiresAt - deps.now()) / 1000);
        return {
          status: 201,
          headers: { "set-cookie": sessionCookie(session.token, seconds), "cache-control": "no-store" },
          body: await presentSession(deps, actor, session.expiresAt),
        };
      },
    },
    {
      method: "POST",
      path: "/invitations/accept",
      needs: "authenticated",
      audit: "invitation.accept",
      doc: {
        summary: "Accept an invitation as the person who is signed in",
        description: "In a browser the session is about the new organization from then on.",
        reply: AcceptedSchema,
      },
      body: Secret,
      bodyBytesMax: 4096,
      handle: async ({ actor, body, request, note }) => {
        const { secret } = body as Static<typeof Secret>;
        const membership = await counted(deps, request, () => acceptByLink(deps, actor, secret));
        note({ detail: { membership: membership.id } });
        const session = sessionToken(request);
        if (session !== undefined) await moveSession(deps.db, session, membership.organizationId);
        return ok({ organization: { id: membership.organizationId } });
      },
    },
  ];
}

/** Errors: those of `act`; throttled/too_many_requests for an address that has sent too many wrong secrets. */
async function counted<T>(deps: SignInDeps, request: FastifyRequest, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof DomainError) deps.signInRefusals.take(request.ip, deps.now());
    throw error;
  }
}
