import { createHash } from "node:crypto";
import { Type } from "typebox";
import type { Actor } from "../../features/access/index.ts";
import { mayCreateOrganizations } from "../../features/organization-life-cycle/index.ts";
import { findPrincipal, getFellow, updatePerson, type Principal } from "../../features/principals/index.ts";
import type { Route } from "../shared/plane.ts";
import { attributesOf, document, maybe, param, resourceBody, type Resource } from "./json-api.ts";
import type { TfeDeps } from "./tfe-deps.ts";

const AccountBody = resourceBody("users", {
  username: maybe(Type.String({ maxLength: 100 })),
  email: maybe(Type.String({ maxLength: 300 })),
});

/** The caller, and the persons it shares an organization with. */
export function accountRoutes(deps: TfeDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/account/details",
      needs: "authenticated",
      audit: "account.read",
      handle: async ({ actor }) => document(await presentAccount(deps, actor)),
    },
    {
      method: "PATCH",
      path: "/account/update",
      needs: "authenticated",
      audit: "account.update",
      body: AccountBody,
      handle: async (call) => {
        const { username, email } = attributesOf<{ username: string; email: string }>(call);
        await updatePerson(deps.db, call.actor, {
          ...(username === undefined ? {} : { name: username }),
          ...(email === undefined ? {} : { email }),
        });
        return document(await presentAccount(deps, call.actor));
      },
    },
    {
      method: "GET",
      path: "/users/:user_id",
      needs: "authenticated",
      audit: "user.read",
      handle: async (call) => document(presentUser(await getFellow(deps.db, call.actor, param(call, "user_id")))),
    },
  ];
}

async function presentAccount(deps: TfeDeps, actor: Actor): Promise<Resource> {
  const principal = await findPrincipal(deps.db, actor.id);
  const isPerson = principal?.kind === "user";
  const user = presentUser(principal ?? { id: actor.id, kind: actor.kind, name: actor.name, email: null });
  return {
    ...user,
    attributes: {
      ...user.attributes,
      email: principal?.email ?? "",
      "unconfirmed-email": null,
      "auth-method": "tfc",
      "two-factor": { enabled: false, verified: false },
      permissions: {
        "can-create-organizations": mayCreateOrganizations(deps, actor),
        "can-change-email": isPerson,
        "can-change-username": isPerson,
        "can-manage-user-tokens": isPerson,
        "can-view2fa-settings": false,
        "can-manage-hcp-account": false,
      },
    },
  };
}

/** What others may know of a person. */
export function presentUser(principal: Pick<Principal, "id" | "kind" | "name" | "email">): Resource {
  return {
    id: principal.id,
    type: "users",
    attributes: {
      username: principal.name,
      "is-service-account": principal.kind !== "user",
      "avatar-url": avatarOf(principal),
      "v2-only": false,
    },
  };
}

/** A picture that tells nothing: drawn from a hash of the id by a service that clients know. Source: go-tfe, user tests. */
function avatarOf({ id }: Pick<Principal, "id">): string {
  const hash = createHash("sha256").update(id).digest("hex").slice(0, 32);
  return `https://www.gravatar.com/avatar/${hash}?s=100&d=identicon`;
}
