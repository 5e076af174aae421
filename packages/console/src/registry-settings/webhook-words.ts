import type { Subscription } from "./webhook-queries.ts";

export const versionSource = "hashicorp.packer.version";

/** What happens to versions, in the order in which it is offered. */
export const versionActions: Readonly<Record<string, string>> = {
  create: "A version is begun",
  complete: "A version is complete",
  assign: "A channel moves",
  revoke: "A version is revoked",
  "schedule-revocation": "A revocation is scheduled",
  "cancel-revocation": "A revocation is taken back in time",
  restore: "A version is restored",
  delete: "A version is deleted",
};

const allActions = Object.keys(versionActions);

/** The actions of versions that are asked for in the whole project: what the console can change. */
export function actionsIn(subscriptions: readonly Subscription[]): readonly string[] {
  const asked = subscriptions
    .filter(isWholeProject)
    .flatMap(({ events }) => events.filter(isAboutVersions).map(({ action }) => action));
  return asked.includes("*") ? allActions : allActions.filter((action) => asked.includes(action));
}

/** Asks for these actions of versions in the whole project; what else the subscriptions ask for stays as it is. */
export function withActions(subscriptions: readonly Subscription[], actions: readonly string[]): Subscription[] {
  const others = subscriptions.filter((one) => !isWholeProject(one));
  const kept = subscriptions
    .filter(isWholeProject)
    .flatMap(({ events }) => events.filter((one) => !isAboutVersions(one)));
  const isAll = allActions.every((action) => actions.includes(action));
  const asked = (isAll ? ["*"] : actions).map((action) => ({ source: versionSource, action }));
  const events = [...kept, ...asked];
  return events.length === 0 ? others : [{ resource_id: "", events }, ...others];
}

const actionsNamed = 3;

/** The subscriptions in a few words, for example `A version is revoked, one more subscription`. */
export function describeSubscriptions(subscriptions: readonly Subscription[]): string {
  const words = describeActions(actionsIn(subscriptions));
  const others = othersIn(subscriptions);
  if (others > 0) words.push(others === 1 ? "one more subscription" : `${String(others)} more subscriptions`);
  return words.join(", ") || "nothing";
}

/** How many subscriptions there are that the console shows as a number only. */
export function othersIn(subscriptions: readonly Subscription[]): number {
  return subscriptions.filter((one) => !isWholeProject(one) || !one.events.every(isAboutVersions)).length;
}

function describeActions(actions: readonly string[]): string[] {
  if (actions.length === allActions.length) return ["everything about versions"];
  if (actions.length > actionsNamed) return [`${String(actions.length)} kinds of events about versions`];
  return actions.map((action) => versionActions[action] ?? action);
}

function isWholeProject({ resource_id: id }: Subscription): boolean {
  return id === "";
}

function isAboutVersions({ source }: { readonly source: string }): boolean {
  return source === versionSource;
}
