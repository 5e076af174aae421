import type { AssessmentDetail, ChangedResource } from "../connection/assessments.ts";

/** `2030-01-02 03:04 UTC`. */
export function renderTime(rfc3339: string): string {
  return `${rfc3339.slice(0, 16).replace("T", " ")} UTC`;
}

/** What an assessment found, one line a resource and a line for each of its attributes, before and after. */
export function renderFindings(found: AssessmentDetail): string[] {
  const lines: string[] = [];
  for (const resource of found.drift) {
    lines.push(`drifted: ${resource.address} (${wordOf(resource)}) since ${renderTime(resource.since)}`);
    lines.push(...resource.attributes.map(renderAttribute));
  }
  for (const resource of found.pending) {
    lines.push(`a run would ${resource.kind}: ${resource.address}`, ...resource.attributes.map(renderAttribute));
  }
  for (const check of found.checks.filter((one) => one.status !== "pass")) {
    const since = check.since === null ? "" : ` since ${renderTime(check.since)}`;
    lines.push(`${wordsOfCheck[check.status] ?? check.status}: ${check.address}${since}`);
    lines.push(...check.problems.map((problem) => `  ${problem}`));
  }
  const passed = found.checks.filter((check) => check.status === "pass").length;
  const { checks } = found;
  const tally = checks.length === 0 ? "no checks" : `${passed} of ${count(checks.length, "check")} passed`;
  lines.push(`${count(found.drift.length, "resource")} drifted; ${tally}`);
  return lines;
}

const wordsOfCheck: Readonly<Record<string, string>> = {
  fail: "check failed",
  error: "check could not be evaluated",
  unknown: "check unknown",
};

function wordOf(resource: ChangedResource): string {
  return resource.kind === "delete" ? "deleted outside" : "changed outside";
}

function renderAttribute(attribute: ChangedResource["attributes"][number]): string {
  const { path, before, after, sensitive, unknown } = attribute;
  if (sensitive) return `  ${path}: changed (sensitive)`;
  return `  ${path}: ${renderValue(before)} -> ${unknown ? "(known after apply)" : renderValue(after)}`;
}

function renderValue(value: unknown): string {
  return value === undefined || value === null ? "(none)" : JSON.stringify(value);
}

function count(many: number, noun: string): string {
  return `${many} ${noun}${many === 1 ? "" : "s"}`;
}
