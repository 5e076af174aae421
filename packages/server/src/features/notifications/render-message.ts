import type { Message } from "./message.ts";

const colors = { good: "#2b8a3e", neutral: "#495057", bad: "#c92a2a" } as const;
const teamsColors = { good: "Good", neutral: "Default", bad: "Attention" } as const;

// Slack refuses longer texts in one field.
const slackCharactersMax = 2900;

/** The body of a Slack incoming webhook. Source: Slack, incoming webhooks, attachments. */
export function slackBody(message: Message): object {
  const link = message.link === null ? "" : `\n<${message.link.url}|${slackText(message.link.label)}>`;
  const advice = message.advice === null ? "" : `\n_${slackText(message.advice)}_`;
  return {
    text: slackText(message.title),
    attachments: [
      {
        color: colors[message.tone],
        fallback: slackText(message.title),
        text: `${slackText(message.text).slice(0, slackCharactersMax)}${advice}${link}`,
        mrkdwn_in: ["text"],
        fields: message.facts.map(({ label, value }) => ({
          title: slackText(label),
          value: slackText(value).slice(0, slackCharactersMax),
          short: value.length <= 40,
        })),
      },
    ],
  };
}

/** These three have a meaning for Slack everywhere. */
function slackText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** The body of a Microsoft Teams workflow webhook: an adaptive card. Source: Teams, post a card by webhook. */
export function teamsBody(message: Message): object {
  const plain = (text: string): object => ({ type: "TextBlock", text: teamsText(text), wrap: true });
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body: [
            {
              type: "TextBlock",
              text: teamsText(message.title),
              wrap: true,
              size: "Medium",
              weight: "Bolder",
              color: teamsColors[message.tone],
            },
            plain(message.text),
            ...(message.facts.length === 0
              ? []
              : [
                  {
                    type: "FactSet",
                    facts: message.facts.map(({ label, value }) => ({ title: label, value: teamsText(value) })),
                  },
                ]),
            ...(message.advice === null ? [] : [plain(message.advice)]),
          ],
          actions:
            message.link === null ? [] : [{ type: "Action.OpenUrl", title: message.link.label, url: message.link.url }],
        },
      },
    ],
  };
}

/** Names such as aws_instance.web_1 are not markdown. */
function teamsText(text: string): string {
  return text.replace(/([\\`*_[\]])/g, "\\$1");
}

/** Subject, plain text and simple HTML of an e-mail. */
export function emailContent(message: Pick<Message, "title" | "text" | "facts" | "advice" | "link">): {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
} {
  const facts = message.facts.map(({ label, value }) => `${label}: ${value}`);
  const text = [
    message.text,
    ...(facts.length === 0 ? [] : [facts.join("\n")]),
    ...(message.advice === null ? [] : [message.advice]),
    ...(message.link === null ? [] : [`${message.link.label}: ${message.link.url}`]),
  ].join("\n\n");
  const rows = message.facts.map(
    ({ label, value }) => `<tr><th align="left">${html(label)}</th><td>${html(value)}</td></tr>`,
  );
  return {
    subject: `[Ingot] ${message.title}`.replace(/\s+/g, " ").slice(0, 200),
    text: `${text}\n`,
    html: [
      `<p>${html(message.text)}</p>`,
      ...(rows.length === 0 ? [] : [`<table cellpadding="4">${rows.join("")}</table>`]),
      ...(message.advice === null ? [] : [`<p>${html(message.advice)}</p>`]),
      ...(message.link === null ? [] : [`<p><a href="${html(message.link.url)}">${html(message.link.label)}</a></p>`]),
    ].join("\n"),
  };
}

function html(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
