import { Type, type Static } from "typebox";
import { DomainError } from "../../platform/errors.ts";
import type { OutcomeTag } from "./task-result.ts";

/** What a service says about its task. Source of the limits: HCP Terraform, run tasks integration, callback. */
export interface TaskAnswer {
  readonly status: "running" | "passed" | "failed";
  /** Undefined: as it was. */
  readonly message?: string;
  readonly url?: string;
  readonly outcomes: readonly AnsweredOutcome[];
}

export interface AnsweredOutcome {
  readonly outcomeId: string | null;
  readonly description: string;
  readonly body: string | null;
  readonly url: string | null;
  readonly tags: readonly OutcomeTag[];
}

const maybe = <T extends Parameters<typeof Type.Array>[0]>(schema: T) =>
  Type.Optional(Type.Union([schema, Type.Null()]));

const urlCharactersMax = 500;
export const bodyCharactersMax = 5 * 1024 * 1024;

const OutcomeAttributes = Type.Object({
  "outcome-id": maybe(Type.String({ maxLength: 64 })),
  description: maybe(Type.String({ maxLength: 1000 })),
  body: maybe(Type.String({ maxLength: bodyCharactersMax })),
  url: maybe(Type.String({ maxLength: urlCharactersMax })),
  tags: maybe(
    Type.Record(
      Type.String(),
      Type.Array(
        Type.Object({
          label: Type.String({ maxLength: 32 }),
          level: maybe(
            Type.Union([Type.Literal("none"), Type.Literal("info"), Type.Literal("warning"), Type.Literal("error")]),
          ),
        }),
        { minItems: 1, maxItems: 32 },
      ),
      { maxProperties: 10 },
    ),
  ),
});
const Outcomes = Type.Array(
  Type.Object({
    type: Type.Optional(Type.Union([Type.Literal("task-result-outcomes"), Type.Literal("task_result_outcomes")])),
    attributes: OutcomeAttributes,
  }),
  { minItems: 1, maxItems: 250 },
);
const OfOutcomes = maybe(Type.Object({ data: maybe(Outcomes) }));

/** The body of a callback. The outcomes have had three places in the published texts. */
export const AnswerBody = Type.Object({
  data: Type.Object({
    type: Type.Union([Type.Literal("task-results"), Type.Literal("task_results")]),
    attributes: Type.Object({
      status: Type.Union([Type.Literal("running"), Type.Literal("passed"), Type.Literal("failed")]),
      message: maybe(Type.String({ maxLength: 1000 })),
      url: maybe(Type.String({ maxLength: urlCharactersMax })),
      outcomes: maybe(Outcomes),
    }),
    relationships: maybe(Type.Object({ outcomes: OfOutcomes, "task-result-outcomes": OfOutcomes })),
  }),
});

/** What a checked body says. Errors: invalid/task_answer for an address that is none. */
export function readAnswer(body: Static<typeof AnswerBody>): TaskAnswer {
  const { attributes, relationships } = body.data;
  const given =
    relationships?.outcomes?.data ?? relationships?.["task-result-outcomes"]?.data ?? attributes.outcomes ?? [];
  const { status, message, url } = attributes;
  return {
    status,
    ...(message == null ? {} : { message }),
    ...(url == null ? {} : { url: checkUrl(url) }),
    outcomes: given.map(({ attributes: one }) => ({
      outcomeId: one["outcome-id"] ?? null,
      description: one.description ?? "",
      body: one.body ?? null,
      url: one.url == null ? null : checkUrl(one.url),
      tags: Object.entries(one.tags ?? {}).map(([label, value]) => ({
        label: label.slice(0, 255),
        value: value.map((tag) => ({ label: tag.label, level: tag.level ?? "none" })),
      })),
    })),
  };
}

/** People open it: no other scheme, such as one that runs a script. */
function checkUrl(url: string): string {
  if (url === "") return url;
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new DomainError("invalid", "task_answer", "Url must be an http:// or https:// address.");
}
