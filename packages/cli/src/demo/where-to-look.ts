import { appBucket, baseBucket, pinnedWorkspaceName, workspaceName, type DemoWorkspaces } from "./demo-world.ts";
import type { LeftBehind } from "./stages/9-status.ts";

/** What the story leaves to be found. */
export interface Told extends DemoWorkspaces, LeftBehind {
  readonly checkAlertId: string;
}

/** A page of the console and what it shows of the story. */
export interface Page {
  readonly text: string;
  readonly url: string;
}

/** Where each part of the story can be found, in its order. */
export function whereToLook(url: string, told: Told): readonly Page[] {
  const drift = told.alerts.find(({ kind }) => kind === "drift");
  const page = (text: string, path: string): Page => ({ text, url: `${url}/app${path}` });
  return [
    page("what needs somebody now", "/"),
    page(`${appBucket} with its versions, channels and ancestry`, `/images/${appBucket}`),
    page(`${baseBucket} v1, revoked`, `/images/${baseBucket}/v1`),
    page(`every run of ${workspaceName}, the refused one too`, `/runs?workspace=${told.machines}`),
    page("the run that waits for you", `/runs/${told.waitingRunId}`),
    page(`health of ${workspaceName}: its assessments and its check`, `/workspaces/${told.machines}?tab=health`),
    page("the alert of that check, resolved, and who was told", `/alerts/${told.checkAlertId}`),
    page(`health of ${pinnedWorkspaceName}: a machine that drifted`, `/workspaces/${told.pinned}?tab=health`),
    ...(drift === undefined ? [] : [page("its alert, still open", `/alerts/${drift.id}`)]),
    page("which machine runs which image", "/where"),
  ];
}
