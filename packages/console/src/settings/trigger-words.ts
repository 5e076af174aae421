export interface TriggerWords {
  readonly label: string;
  readonly group: string;
}

const attention = "What needs attention (one message when it opens, one when it is resolved)";
const runs = "Steps of runs";
const assessments = "Assessments, as the Terraform API has them";
const images = "Images";

const known: Readonly<Record<string, TriggerWords>> = {
  "alert:drift": { label: "Drift", group: attention },
  "alert:check": { label: "Checks that fail", group: attention },
  "alert:assessment_failed": { label: "Assessments that fail", group: attention },
  "alert:image_status": { label: "Images in use that are revoked, too old or behind", group: attention },
  "alert:run_failed": { label: "Runs that fail", group: attention },
  "alert:run_waiting": { label: "Runs that wait for approval", group: attention },
  "alert:revocation": { label: "Revocations", group: attention },
  "channel:moved": { label: "A channel moves", group: images },
  "run:created": { label: "Created", group: runs },
  "run:planning": { label: "Planning", group: runs },
  "run:needs_attention": { label: "Needs approval", group: runs },
  "run:applying": { label: "Applying", group: runs },
  "run:completed": { label: "Completed", group: runs },
  "run:errored": { label: "Failed or canceled", group: runs },
  "assessment:drifted": { label: "Drift found", group: assessments },
  "assessment:check_failure": { label: "Check failed", group: assessments },
  "assessment:failed": { label: "Assessment failed", group: assessments },
};

/** The order in which they are offered, while the server has not said what there is. */
export const knownTriggers: readonly string[] = Object.keys(known);

/** What is chosen to begin with: what needs attention. */
export const firstTriggers: readonly string[] = knownTriggers.filter((trigger) => trigger.startsWith("alert:"));

/** How a trigger is called; one that this console does not know is called what the server calls it. */
export function wordsOfTrigger(trigger: string): TriggerWords {
  return known[trigger] ?? { label: trigger, group: "Other" };
}

/** The triggers by group, in the order of the groups above. */
export function groupTriggers(triggers: readonly string[]): readonly (readonly [string, readonly string[]])[] {
  const rank = (trigger: string) => (knownTriggers.includes(trigger) ? knownTriggers.indexOf(trigger) : Infinity);
  const groups = new Map<string, string[]>();
  for (const trigger of [...triggers].sort((a, b) => rank(a) - rank(b))) {
    const { group } = wordsOfTrigger(trigger);
    groups.set(group, [...(groups.get(group) ?? []), trigger]);
  }
  return [...groups];
}
