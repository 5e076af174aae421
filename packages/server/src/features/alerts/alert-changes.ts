import { alertSeverities, type Alert, type DesiredAlert } from "./alert.ts";
import type { DesiredAlerts } from "./desired-alerts.ts";

export interface AlertChanges {
  readonly open: readonly DesiredAlert[];
  /** `tell`: something joined or got worse. Otherwise only the words are brought up to date. */
  readonly update: readonly { readonly alert: Alert; readonly to: DesiredAlert; readonly tell: boolean }[];
  readonly resolve: readonly Alert[];
}

/** What leads from the alerts that are open to those that should be. Nothing when they agree. */
export function alertChanges(open: readonly Alert[], desired: DesiredAlerts): AlertChanges {
  const byCause = new Map(open.map((alert) => [alert.cause, alert]));
  const wanted = new Map(desired.alerts.map((alert) => [alert.cause, alert]));
  return {
    open: [...wanted.values()].filter((one) => !byCause.has(one.cause)),
    update: [...wanted.values()].flatMap((to) => {
      const alert = byCause.get(to.cause);
      return alert === undefined || isSame(alert, to) ? [] : [{ alert, to, tell: isWorse(alert, to) }];
    }),
    resolve: open.filter((alert) => !wanted.has(alert.cause) && !desired.isUndecided(alert)),
  };
}

function isSame(a: DesiredAlert, b: DesiredAlert): boolean {
  return (
    a.severity === b.severity &&
    a.title === b.title &&
    a.detail === b.detail &&
    a.runId === b.runId &&
    a.subjects.join("\n") === b.subjects.join("\n")
  );
}

function isWorse(before: DesiredAlert, after: DesiredAlert): boolean {
  const known = new Set(before.subjects);
  return (
    after.subjects.some((subject) => !known.has(subject)) ||
    alertSeverities.indexOf(after.severity) > alertSeverities.indexOf(before.severity)
  );
}
