import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

/** Who wrote or archived something. */
export interface Author {
  readonly id: string;
  readonly kind: string;
}

/** Something to be done in one workspace, which somebody archives when it is done. */
export interface ChangeRequest {
  /** `wscr-…` */
  readonly id: string;
  readonly workspaceId: string;
  readonly organizationId: string;
  readonly projectId: string;
  readonly subject: string;
  /** Markdown. */
  readonly message: string;
  readonly createdBy: Author;
  readonly createdByName: string;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
  readonly archivedAt: Millis | null;
  readonly archivedBy: Author | null;
}

/** One message to many workspaces: each gets a change request of its own. */
export interface BulkAction {
  /** `eba-…` */
  readonly id: string;
  readonly organizationId: string;
  readonly subject: string;
  readonly message: string;
  readonly createdBy: Author;
  readonly createdByName: string;
  readonly createdAt: Millis;
}

const subjectCharactersMax = 255;
const messageCharactersMax = 20_000;
export const targetsMax = 1000;

export function changeRequestNotFound(): DomainError {
  return new DomainError(
    "not_found",
    "change_request_not_found",
    "There is no such change request, or you may not see it.",
  );
}

/** Errors: invalid/change_request_subject, invalid/change_request_message. */
export function checkWords(words: { readonly subject: string; readonly message: string }): void {
  if (words.subject.trim() === "" || words.subject.length > subjectCharactersMax) {
    throw new DomainError(
      "invalid",
      "change_request_subject",
      `action_inputs.subject must be given, with at most ${subjectCharactersMax} characters.`,
    );
  }
  if (words.message.trim() === "" || words.message.length > messageCharactersMax) {
    throw new DomainError(
      "invalid",
      "change_request_message",
      `action_inputs.message must be given, with at most ${messageCharactersMax} characters of markdown.`,
    );
  }
}
