import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { silentTriggers, teamTriggers, triggers } from "./triggers.ts";

export const destinations = ["webhook", "email", "slack", "microsoft-teams"] as const;
export type Destination = (typeof destinations)[number];

/** What a configuration is about: everything in one workspace, in one project, in a whole organization; or one team. */
export type NotificationScope = "workspace" | "project" | "team" | "organization";

/** Who is told of what. */
export interface NotificationConfiguration {
  readonly id: string;
  readonly organizationId: string;
  readonly scope: NotificationScope;
  /** Null unless it is of a workspace. */
  readonly workspaceId: string | null;
  /** Its own, or that of its workspace; null for the organization and for a team. */
  readonly projectId: string | null;
  /** Its own as clients know it, `prj-…`; null unless it is of a project. */
  readonly projectExternalId: string | null;
  readonly teamId: string | null;
  readonly workspaceName: string | null;
  readonly name: string;
  readonly destination: Destination;
  /** Null for e-mail. */
  readonly url: string | null;
  /** Signs what a webhook gets. Never shown again. */
  readonly token: string | null;
  readonly emailAddresses: readonly string[];
  /** People of the organization who get the e-mail at the address of their account. */
  readonly userIds: readonly string[];
  readonly triggers: readonly string[];
  readonly enabled: boolean;
  /** Grows with every change. */
  readonly revision: number;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

const nameCharactersMax = 255;
const addressesMax = 50;
const tokenCharactersMax = 4096;

/** Errors: invalid/notification_* for everything that cannot be delivered to. */
export function checkConfiguration(
  configuration: Pick<
    NotificationConfiguration,
    "scope" | "name" | "destination" | "url" | "token" | "emailAddresses" | "userIds" | "triggers"
  >,
): void {
  const { name, destination, url, token, emailAddresses, userIds } = configuration;
  if (name.trim() === "" || name.length > nameCharactersMax) throw invalid("name", "Name can't be blank");
  const unknown = configuration.triggers.find((trigger) => !isTrigger(trigger));
  if (unknown !== undefined) {
    throw invalid(
      "triggers",
      `Triggers has an unknown value ${JSON.stringify(unknown.slice(0, 100))}. Known are: ${triggers.join(", ")}.`,
    );
  }
  const ofTeam = (trigger: string): boolean => (teamTriggers as readonly string[]).includes(trigger);
  if (configuration.scope === "team" && !configuration.triggers.every(ofTeam)) {
    throw invalid("triggers", `Triggers of a team can only be ${teamTriggers.join(", ")}.`);
  }
  if (destination === "email") {
    if (url !== null) throw invalid("url", "Url must be blank for the destination type email");
    if (emailAddresses.length + userIds.length > addressesMax) {
      throw invalid("addresses", `Email addresses are too many: at most ${addressesMax}.`);
    }
    const bad = emailAddresses.find((address) => !isEmailAddress(address));
    if (bad !== undefined) throw invalid("addresses", `${JSON.stringify(bad.slice(0, 100))} is not an e-mail address.`);
  } else {
    if (url === null || url === "") throw invalid("url", "Url can't be blank");
    if (emailAddresses.length + userIds.length > 0) {
      throw invalid("addresses", "Email addresses go with the destination type email only.");
    }
  }
  if (token !== null && destination !== "webhook") throw invalid("token", "Token goes with a generic webhook only.");
  if (token !== null && token.length > tokenCharactersMax) throw invalid("token", "Token is too long.");
}

function isTrigger(text: string): boolean {
  return ([...triggers, ...silentTriggers] as readonly string[]).includes(text);
}

function isEmailAddress(text: string): boolean {
  return text.length <= 254 && /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text);
}

/** Where deliveries go, as far as everybody may know it: the path of a chat's webhook is its secret. */
export function targetOf(
  configuration: Pick<NotificationConfiguration, "destination" | "url" | "emailAddresses" | "userIds">,
): string {
  if (configuration.url !== null) return URL.canParse(configuration.url) ? new URL(configuration.url).host : "";
  const count = configuration.emailAddresses.length + configuration.userIds.length;
  return count === 1 ? "1 e-mail address" : `${count} e-mail addresses`;
}

export function configurationNotFound(): DomainError {
  return new DomainError(
    "not_found",
    "notification_configuration_not_found",
    "There is no such notification configuration, or you may not see it.",
  );
}

function invalid(what: string, message: string): DomainError {
  return new DomainError("invalid", `notification_${what}`, message);
}
