import type { AddressInfo } from "node:net";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | undefined;
  /** Whether it came over TLS. */
  readonly secure: boolean;
  readonly mail: Email;
}

export interface MailReceiver {
  readonly port: number;
  readonly received: ReceivedMail[];
  close(): Promise<void>;
}

/** A mail server on a free loopback port that keeps what it gets. It refuses addresses that begin with `refused`. */
export async function startMailReceiver(options: SMTPServerOptions = {}): Promise<MailReceiver> {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    logger: false,
    authOptional: true,
    ...options,
    onRcptTo(address, _session, done) {
      done(address.address.startsWith("refused") ? new Error("no such mailbox") : null);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        PostalMime.parse(Buffer.concat(chunks)).then((mail) => {
          const { mailFrom, rcptTo } = session.envelope;
          received.push({
            from: mailFrom === false ? "" : mailFrom.address,
            to: rcptTo.map((address) => address.address),
            user: typeof session.user === "string" ? session.user : undefined,
            secure: session.secure,
            mail,
          });
          done();
        }, done);
      });
    },
  });
  // A client that does not trust the certificate leaves in the middle of the handshake.
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
