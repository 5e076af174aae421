import type { Connection } from "../connection/connection.ts";
import type { HttpClient } from "../connection/http-client.ts";
import { listImageUses, type ImageUse } from "../connection/image-uses.ts";
import type { ConsoleClient } from "./console-client.ts";
import type { RegistryClient } from "../registry/registry-client.ts";
import type { ProgramResult } from "./run-program.ts";
import type { Story } from "./story.ts";
import type { TfeClient } from "./tfe-client.ts";
import type { WebhookReceiver } from "./webhook-receiver.ts";

/** Everything the stages share: one running Ingot and those who talk to it. */
export interface DemoWorld {
  readonly story: Story;
  readonly connection: Connection;
  readonly http: HttpClient;
  readonly registry: RegistryClient;
  readonly tfe: TfeClient;
  readonly api: ConsoleClient;
  /** Where the alerts go. */
  readonly webhook: WebhookReceiver;
  /** Holds everything that the demo makes. */
  readonly directory: string;
  /** Where the images go, one directory a bucket and release. */
  readonly imagesDirectory: string;
  /** The fake cloud. */
  readonly cloudDirectory: string;
  readonly signal: AbortSignal;
  /** `ingot …`, shown in the story with the lines that `shows` keeps. */
  readonly ingot: (args: readonly string[], options: ProgramOptions) => Promise<ProgramResult>;
  /** The stock CLI in the directory of a configuration, of `machines` when nothing else is said. */
  readonly terraform: (
    args: readonly string[],
    options: ProgramOptions & { readonly in?: string },
  ) => Promise<ProgramResult>;
}

export interface ProgramOptions {
  readonly shows: (line: string) => boolean;
  readonly mayFail?: boolean;
}

/** Ids of the workspaces. */
export interface DemoWorkspaces {
  readonly machines: string;
  readonly pinned: string;
}

/** The workspace and the directory of the machines that follow a channel. */
export const workspaceName = "machines";
/** The same of those that name their images themselves. */
export const pinnedWorkspaceName = "pinned";
export const channelName = "production";
export const baseBucket = "golden-base";
export const appBucket = "golden-app";

/** The image uses of one workspace, as the server knows them now. */
export async function listUsesOf(
  world: Pick<DemoWorld, "http" | "connection">,
  workspace: string,
): Promise<readonly ImageUse[]> {
  return (await listImageUses(world.http, world.connection)).filter((use) => use.workspace.name === workspace);
}
