import type { Connection } from "../connection/connection.ts";
import type { HttpClient } from "../connection/http-client.ts";
import type { RegistryClient } from "../registry/registry-client.ts";
import type { ProgramResult } from "./run-program.ts";
import type { Story } from "./story.ts";
import type { TfeClient } from "./tfe-client.ts";

/** Everything the stages share: one running Ingot and those who talk to it. */
export interface DemoWorld {
  readonly story: Story;
  readonly connection: Connection;
  readonly http: HttpClient;
  readonly registry: RegistryClient;
  readonly tfe: TfeClient;
  /** Where the images go, one directory a bucket and release. */
  readonly imagesDirectory: string;
  /** The fake cloud. */
  readonly cloudDirectory: string;
  readonly signal: AbortSignal;
  /** `ingot …`, shown in the story with the lines that `shows` keeps. */
  readonly ingot: (args: readonly string[], shows: (line: string) => boolean) => Promise<ProgramResult>;
  /** The stock CLI in the configuration's directory. */
  readonly terraform: (
    args: readonly string[],
    options: { readonly shows: (line: string) => boolean; readonly mayFail?: boolean },
  ) => Promise<ProgramResult>;
}

export const workspaceName = "machines";
export const channelName = "production";
export const baseBucket = "golden-base";
export const appBucket = "golden-app";
