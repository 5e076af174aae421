import type { Millis } from "../../platform/clock.ts";

/** Who did or said something, by the name that they had then. */
export interface Author {
  readonly id: string;
  readonly name: string;
}

/** What a person said about a run. */
export interface RunComment {
  /** `wsc-…`, growing with time. */
  readonly id: string;
  readonly runId: string;
  readonly body: string;
  readonly author: Author;
  readonly at: Millis;
}

/** What happened to a run: `created`, `commented`, or the status that it entered. */
export interface RunEvent {
  /** `re-…`, growing with time. */
  readonly id: string;
  readonly runId: string;
  readonly action: string;
  /** One sentence for people. */
  readonly description: string | null;
  /** Null: nobody asked, a rule did. */
  readonly actor: Author | null;
  readonly commentId: string | null;
  readonly at: Millis;
}
