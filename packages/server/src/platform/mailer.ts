import { createTransport } from "nodemailer";
import { DomainError } from "./errors.ts";

export interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The same mail sent twice has the same id, so that mail programs can tell. */
  readonly id: string;
}

export interface Mailer {
  /** Hands the mail to the mail server. `refused`: the addresses that it did not take. Errors: unavailable/mail_failed. */
  send(mail: Mail): Promise<{ readonly refused: readonly string[] }>;
}

export interface MailerOptions {
  /** `smtp://user:password@host:port` (TLS as soon as the server offers it) or `smtps://…` (TLS from the start). */
  readonly smtpUrl: string;
  readonly from: string;
  /** PEM certificates to trust besides those of the system. */
  readonly ca?: string;
}

const timeoutMs = 15_000;

export function createMailer(options: MailerOptions): Mailer {
  const url = new URL(options.smtpUrl);
  const secure = url.protocol === "smtps:";
  const transport = createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (secure ? 465 : 587) : Number(url.port),
    secure,
    // A password is never sent in clear; without one the operator's own relay may speak plain.
    requireTLS: !secure && url.username !== "",
    ...(url.username === ""
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    ...(options.ca === undefined ? {} : { tls: { ca: options.ca } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = /@([^>\s]+)>?\s*$/.exec(options.from)?.[1] ?? "ingot";
  return {
    async send(mail) {
      try {
        const info = await transport.sendMail({
          from: options.from,
          to: [...mail.to],
          subject: mail.subject,
          text: mail.text,
          html: mail.html,
          messageId: `<${mail.id}@${domain}>`,
          headers: { "Auto-Submitted": "auto-generated" },
        });
        return { refused: info.rejected };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new DomainError("unavailable", "mail_failed", `The mail could not be sent: ${reason.slice(0, 500)}`, {
          cause: error,
        });
      }
    },
  };
}
