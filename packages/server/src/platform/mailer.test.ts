import type { SMTPServerOptions } from "smtp-server";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { startMailReceiver, type MailReceiver } from "../testing/mail-receiver.ts";
import { createMailer } from "./mailer.ts";
import { createAuthority, createServerCertificate, type KeyPairPem } from "./pki/certificates.ts";

describe("mail", () => {
  let authority: KeyPairPem;
  let server: KeyPairPem;
  let receiver: MailReceiver | undefined;
  beforeAll(async () => {
    authority = await createAuthority("Test CA", Date.now());
    server = await createServerCertificate(authority, ["localhost", "127.0.0.1"], Date.now());
  });
  afterEach(async () => {
    await receiver?.close();
    receiver = undefined;
  });

  const letter = {
    to: ["ada@example.com", "bob@example.com"],
    subject: "Größe",
    text: "Plain.\n",
    html: "<p>Rich.</p>",
    id: "01J0",
  };
  const from = "Ingot <ingot@example.com>";
  const tls = () => ({ cert: server.certificate, key: server.key });
  const onAuth: NonNullable<SMTPServerOptions["onAuth"]> = (auth, _session, done) =>
    auth.username === "ingot" && auth.password === "p@ss:word"
      ? done(null, { user: "ingot" })
      : done(new Error("wrong password"));

  it("arrives as plain text and HTML, with an id that is the same when it is sent again", async () => {
    receiver = await startMailReceiver({ disabledCommands: ["STARTTLS", "AUTH"] });
    const mailer = createMailer({ smtpUrl: `smtp://127.0.0.1:${receiver.port}`, from });
    expect(await mailer.send(letter)).toEqual({ refused: [] });
    await mailer.send(letter);
    expect(receiver.received).toHaveLength(2);
    const [first, second] = receiver.received;
    expect(first).toMatchObject({ from: "ingot@example.com", to: letter.to, secure: false });
    expect(first?.mail).toMatchObject({ subject: "Größe", messageId: "<01J0@example.com>" });
    expect(first?.mail.text?.trim()).toBe("Plain.");
    expect(first?.mail.html).toContain("<p>Rich.</p>");
    expect(second?.mail.messageId).toBe(first?.mail.messageId);
  });

  it.each([
    ["TLS from the start", "smtps", { secure: true }],
    ["TLS as soon as it is offered", "smtp", {}],
  ])("goes out over %s, after signing in", async (_name, scheme, options) => {
    receiver = await startMailReceiver({ ...tls(), ...options, authOptional: false, onAuth });
    const smtpUrl = `${scheme}://ingot:p%40ss%3Aword@localhost:${receiver.port}`;
    await createMailer({ smtpUrl, from, ca: authority.certificate }).send(letter);
    expect(receiver.received).toMatchObject([{ secure: true, user: "ingot" }]);
  });

  it("sends no password in clear or to a server that it does not trust, and fails with a wrong one", async () => {
    receiver = await startMailReceiver({ ...tls(), authOptional: false, onAuth });
    const send = (smtpUrl: string, ca?: string) =>
      createMailer({ smtpUrl, from, ...(ca === undefined ? {} : { ca }) }).send(letter);
    const failed = { kind: "unavailable", code: "mail_failed" };
    await expect(send(`smtp://ingot:p%40ss%3Aword@localhost:${receiver.port}`)).rejects.toMatchObject(failed);
    const wrong = send(`smtp://ingot:wrong@localhost:${receiver.port}`, authority.certificate);
    await expect(wrong).rejects.toMatchObject(failed);
    await receiver.close();
    receiver = await startMailReceiver({ disabledCommands: ["STARTTLS"], onAuth });
    await expect(send(`smtp://ingot:p%40ss%3Aword@localhost:${receiver.port}`)).rejects.toMatchObject(failed);
    expect(receiver.received).toEqual([]);
  });

  it("names the addresses that the mail server refused", async () => {
    receiver = await startMailReceiver({ disabledCommands: ["STARTTLS", "AUTH"] });
    const mailer = createMailer({ smtpUrl: `smtp://127.0.0.1:${receiver.port}`, from });
    const sent = await mailer.send({ ...letter, to: ["refused@example.com", "ada@example.com"] });
    expect(sent).toEqual({ refused: ["refused@example.com"] });
    await expect(mailer.send({ ...letter, to: ["refused@example.com"] })).rejects.toMatchObject({
      code: "mail_failed",
    });
  });

  it("fails when nobody answers", async () => {
    receiver = await startMailReceiver();
    const { port } = receiver;
    await receiver.close();
    receiver = undefined;
    const mailer = createMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from });
    await expect(mailer.send(letter)).rejects.toMatchObject({ kind: "unavailable", code: "mail_failed" });
  });
});
