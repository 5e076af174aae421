import { execFile } from "node:child_process";
import { arch, platform, release } from "node:os";
import { promisify } from "node:util";
import type { Environment } from "../command-line/command.ts";
import type { Builder } from "./builder.ts";

/** What a build tells about how it came about. Shape and names: packer internal/hcp/registry/metadata. */
export interface BuildMetadata {
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The commit of the template's work tree; a label, as stock Packer sets it. */
  readonly gitSha: string | undefined;
}

/** Collects the `packer`, `vcs` and `cicd` objects of a build; what is not known is left out. */
export async function collectBuildMetadata(options: {
  readonly builder: Builder;
  readonly directory: string;
  readonly variableNames: readonly string[];
  readonly environment: Environment;
}): Promise<BuildMetadata> {
  const git = await describeWorkTree(options.directory);
  const cicd = describePipeline(options.environment);
  return {
    metadata: {
      packer: {
        ...(options.builder.version === undefined ? {} : { version: options.builder.version }),
        plugins: null,
        options: {
          debug: false,
          force: false,
          only: null,
          except: null,
          "var-files": null,
          path: options.directory,
          vars: options.variableNames,
        },
        os: { type: platform(), details: { arch: arch(), version: release() } },
      },
      ...(git === undefined ? {} : { vcs: { type: "git", details: git } }),
      ...(cicd === undefined ? {} : { cicd }),
    },
    gitSha: git?.commit,
  };
}

interface GitDetails {
  readonly ref: string;
  readonly commit: string;
  readonly author: string;
  readonly has_uncommitted_changes: boolean;
}

async function describeWorkTree(directory: string): Promise<GitDetails | undefined> {
  const git = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)("git", ["-C", directory, ...args], { timeout: 10_000 })).stdout.trim();
  try {
    const [commit, author, ref, changes] = await Promise.all([
      git("rev-parse", "HEAD"),
      git("log", "-1", "--format=%an <%ae>"),
      git("rev-parse", "--abbrev-ref", "HEAD"),
      git("status", "--porcelain", "--untracked-files=no"),
    ]);
    return { ref, commit, author, has_uncommitted_changes: changes !== "" };
  } catch {
    // No git, or no work tree.
    return undefined;
  }
}

const pipelines = [
  {
    type: "github",
    detect: "GITHUB_ACTIONS",
    variables: [
      "GITHUB_REPOSITORY",
      "GITHUB_REPOSITORY_ID",
      "GITHUB_SHA",
      "GITHUB_REF",
      "GITHUB_ACTOR",
      "GITHUB_ACTOR_ID",
      "GITHUB_TRIGGERING_ACTOR",
      "GITHUB_EVENT_NAME",
      "GITHUB_JOB",
    ],
  },
  {
    type: "gitlab",
    detect: "GITLAB_CI",
    variables: [
      "CI_PROJECT_NAME",
      "CI_PROJECT_ID",
      "CI_PROJECT_URL",
      "CI_COMMIT_SHA",
      "CI_COMMIT_REF_NAME",
      "GITLAB_USER_NAME",
      "GITLAB_USER_ID",
      "CI_PIPELINE_SOURCE",
      "CI_PIPELINE_URL",
      "CI_JOB_URL",
      "CI_SERVER_NAME",
      "CI_REGISTRY_IMAGE",
    ],
  },
] as const;

function describePipeline(environment: Environment): Record<string, unknown> | undefined {
  const pipeline = pipelines.find(({ detect }) => environment[detect] !== undefined);
  if (pipeline === undefined) return undefined;
  const details = pipeline.variables.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { type: pipeline.type, details: Object.fromEntries(details) };
}
