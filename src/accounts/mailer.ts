import { createTransport } from 'nodemailer';

/** One mail to one person. */
export interface Mail {
  /** Names the message in its Message-ID, so that a second delivery of the same is recognised. */
  id: string;
  to: string;
  lang: string;
  subject: string;
  text: string;
  html: string;
}

/** Whoever carries mail: a relay over SMTP, or the mailbox of the sandbox (src/dev/demo-mail.ts). */
export interface Mailer {
  /** Resolves when the mail was taken over. Throws `MailRefused` where trying again is of no use, else any error. */
  send(mail: Mail): Promise<void>;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** The relay will never take this mail: a permanent negative reply (RFC 5321 §4.2.1). */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
}

/**
 * A mailer over SMTP (`SMTP_URL`), with bounded waits. Mails carry codes and links: over a network only under TLS
 * (RFC 8314), in plain text to a relay on this machine alone.
 */
export function smtpMailer(settings: { url: string; from: string }): Mailer {
  const relay = new URL(settings.url);
  const transport = createTransport({
    host: relay.hostname,
    port: Number(relay.port) || (relay.protocol === 'smtps:' ? 465 : 587),
    secure: relay.protocol === 'smtps:',
    requireTLS: relay.protocol === 'smtp:' && !LOOPBACK.includes(relay.hostname),
    ...(relay.username
      ? {
          auth: {
            user: decodeURIComponent(relay.username),
            pass: decodeURIComponent(relay.password),
          },
        }
      : {}),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = /@([^>\s]+)/.exec(settings.from)?.[1] ?? relay.hostname;
  return {
    async send(mail) {
      const failure = await transport
        .sendMail({
          from: settings.from,
          to: { name: '', address: mail.to },
          subject: mail.subject,
          text: mail.text,
          html: mail.html,
          messageId: `<${mail.id}@${domain}>`,
          headers: { 'auto-submitted': 'auto-generated', 'content-language': mail.lang },
        })
        // Only the code goes on: the relay's own words may quote the address.
        .then(
          () => null,
          (error: unknown) => ({ code: (error as { responseCode?: unknown }).responseCode }),
        );
      if (!failure) return;
      if (typeof failure.code === 'number' && failure.code >= 500)
        throw new MailRefused(`the relay answered ${failure.code}`);
      throw new Error('the relay did not take the mail');
    },
  };
}
