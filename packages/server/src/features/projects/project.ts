import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

/** HCP clients know a project by `id` (a UUID), Terraform clients by `externalId` (`prj-…`) and name. */
export interface Project {
  readonly id: string;
  readonly externalId: string;
  readonly organizationId: string;
  readonly name: string;
  readonly description: string;
  /** Of workspaces that have none of their own. In effect: the project's own, or the organization's default. */
  readonly defaultExecutionMode: ExecutionMode;
  readonly executionModeOverwritten: boolean;
  readonly defaultAgentPoolId: string | null;
  /** Workspaces that inherit it are destroyed so long after their last change, for example `14d`; null: never. */
  readonly autoDestroyActivityDuration: string | null;
  readonly createdAt: Millis;
}

/** Where runs happen: with the server's runners, on the user's machine, or with the runners of one agent pool. */
export const executionModes = ["remote", "local", "agent"] as const;
export type ExecutionMode = (typeof executionModes)[number];

/** What people decide about a project. */
export type ProjectSettings = Pick<
  Project,
  | "name"
  | "description"
  | "defaultExecutionMode"
  | "executionModeOverwritten"
  | "defaultAgentPoolId"
  | "autoDestroyActivityDuration"
>;

/** HCP clients take the first page of projects for the whole list, and a page has at most this many. */
export const projectsMax = 1000;

const namePattern = /^[-A-Za-z0-9_."'!][-A-Za-z0-9_. "'!]{1,34}[-A-Za-z0-9_."'!]$/;
const descriptionCharactersMax = 256;

/** Errors: invalid/project_name. Source: terraform-provider-hcp, internal/hcpvalidator/display_name.go. */
export function parseProjectName(text: string): string {
  if (namePattern.test(text)) return text;
  throw new DomainError(
    "invalid",
    "project_name",
    `The name of a project has 3 to 36 letters, digits or any of - _ . " ' ! with spaces only inside; ${JSON.stringify(text.slice(0, 60))} does not.`,
  );
}

/** As Terraform clients name projects. Errors: invalid/project_name. Source: HCP Terraform API, projects. */
export function parseTerraformProjectName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9 _-]{1,38}[A-Za-z0-9]$/.test(text)) return text;
  throw new DomainError(
    "invalid",
    "project_name",
    "Name may only contain letters, numbers, spaces, - and _, begins and ends with a letter or number, and has 3 to 40 characters.",
  );
}

/** Errors: invalid/project_description. */
export function parseProjectDescription(text: string): string {
  if (text.length <= descriptionCharactersMax) return text;
  throw new DomainError(
    "invalid",
    "project_description",
    `The description of a project has at most ${descriptionCharactersMax} characters; this one has ${text.length}.`,
  );
}

export function projectNotFound(id: string): DomainError {
  return new DomainError("not_found", "project_not_found", `The project with identifier ${id} does not exist.`);
}

/** What keeps a project from being deleted. */
export interface ProjectContents {
  readonly buckets: number;
  readonly workspaces: number;
  readonly servicePrincipals: number;
}

/** What the project holds, in words: `2 buckets and 1 workspace`; undefined when it holds nothing. */
export function describeContents(contents: ProjectContents): string | undefined {
  const parts = [
    [contents.buckets, "bucket"],
    [contents.workspaces, "workspace"],
    [contents.servicePrincipals, "service principal"],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, noun]) => `${count} ${noun}${count === 1 ? "" : "s"}`);
  return parts.length === 0 ? undefined : parts.join(", ").replace(/, ([^,]*)$/, " and $1");
}
