import { checkOrganizationWide } from "../../features/access/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Route } from "../shared/plane.ts";
import { document, listDocument, relatedId, relationTo, resourceBody, toOne, type Resource } from "./json-api.ts";
import { checkOrganization } from "./organization-routes.ts";
import type { TfeDeps } from "./tfe-deps.ts";

/** The only one: nothing has to be bought here, so that each organization has everything that this server does. */
const everything: Resource = {
  id: "fs-ingot",
  type: "feature-sets",
  attributes: {
    name: "Everything",
    identifier: "everything",
    description: "All that this server does, without limits of use.",
    "is-current": true,
    "is-free-tier": true,
    "plan-expired": false,
  },
};

/**
 * Plans and subscriptions, for clients that upgrade an organization before they use what they take for a paid part. Whatever
 * plan is looked for, the one feature set has it; a subscription says that it has no limit and no end, whatever was asked.
 * Source: go-tfe, subscription_updater_test.go.
 */
export function featureSetRoutes(deps: TfeDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/admin/feature-sets",
      needs: "authenticated",
      audit: "organization.list-feature-sets",
      handle: async () => listDocument([everything], (one) => one),
    },
    {
      method: "POST",
      path: "/admin/organizations/:organization/subscription",
      needs: "organization:write",
      audit: "organization.subscribe",
      // Whatever is asked, nothing changes.
      reads: true,
      body: resourceBody("subscription", {}, { "feature-set": relationTo("feature-sets") }),
      handle: async (call) => {
        const organization = await checkOrganization(deps.db, call);
        checkOrganizationWide(call.actor);
        if (relatedId(call, "feature-set") !== everything.id) {
          throw new DomainError(
            "invalid",
            "feature_set",
            `The feature set must be ${everything.id}: there is no other.`,
          );
        }
        return document({
          id: `sub-${organization.externalId}`,
          type: "subscriptions",
          attributes: {
            "is-active": true,
            "end-at": null,
            "runs-ceiling": null,
            "contract-user-limit": null,
            "contract-apply-limit": null,
            "contract-managed-resources-limit": null,
          },
          relationships: {
            organization: toOne("organizations", organization.name),
            "feature-set": toOne("feature-sets", everything.id),
          },
        });
      },
    },
  ];
}
