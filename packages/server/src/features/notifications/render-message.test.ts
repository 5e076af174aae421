import { expect, it } from "vitest";
import type { Message } from "./message.ts";
import { emailContent, slackBody, teamsBody } from "./render-message.ts";

const message: Message = {
  trigger: "alert:drift",
  title: "Alert: 1 resource of <web> & more",
  text: "Changed: aws_instance.web_1[0].",
  facts: [{ label: "Workspace", value: "<web>" }],
  link: { label: "Open the alert", url: "https://ingot.example/app/alerts/1?a=b&c=d" },
  advice: "Start a run.",
  tone: "bad",
  payload: {},
};

it("Slack gets an attachment whose text cannot be taken for markup", () => {
  expect(slackBody(message)).toEqual({
    text: "Alert: 1 resource of &lt;web&gt; &amp; more",
    attachments: [
      {
        color: "#c92a2a",
        fallback: "Alert: 1 resource of &lt;web&gt; &amp; more",
        text: "Changed: aws_instance.web_1[0].\n_Start a run._\n<https://ingot.example/app/alerts/1?a=b&c=d|Open the alert>",
        mrkdwn_in: ["text"],
        fields: [{ title: "Workspace", value: "&lt;web&gt;", short: true }],
      },
    ],
  });
});

it("Teams gets an adaptive card with a button", () => {
  const body = teamsBody(message) as any;
  expect(body).toMatchObject({
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", content: { type: "AdaptiveCard" } }],
  });
  const { content } = body.attachments[0];
  expect(content.body[0]).toMatchObject({ color: "Attention", text: "Alert: 1 resource of <web> & more" });
  expect(content.body[1].text).toBe("Changed: aws\\_instance.web\\_1\\[0\\].");
  expect(content.actions).toEqual([
    { type: "Action.OpenUrl", title: "Open the alert", url: "https://ingot.example/app/alerts/1?a=b&c=d" },
  ]);
});

it("mail says the same as text and as HTML, in which nothing is markup", () => {
  const { subject, text, html } = emailContent({ ...message, title: "two\nlines" });
  expect(subject).toBe("[Ingot] two lines");
  expect(text).toBe(
    "Changed: aws_instance.web_1[0].\n\nWorkspace: <web>\n\nStart a run.\n\nOpen the alert: https://ingot.example/app/alerts/1?a=b&c=d\n",
  );
  expect(html).toContain("<td>&lt;web&gt;</td>");
  expect(html).toContain('<a href="https://ingot.example/app/alerts/1?a=b&amp;c=d">Open the alert</a>');
});
