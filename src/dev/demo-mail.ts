import { mailboxPage } from '../../views/accounts/mailbox.ts';
import type { Mail, Mailer } from '../accounts/mailer.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { Context, WebApp } from '../web/context.ts';
import { page } from '../web/page.ts';
import { insertDemoMessage, listDemoMessages } from './demo-mail-store.ts';
import type { DemoMessageRow } from './demo-mail-store.ts';

/** A mail as the sandbox mailbox shows it. */
export interface DemoMessage {
  id: string;
  to: string;
  lang: string;
  subject: string;
  text: string;
  sentAt: string;
}

type DemoApp = Pick<App, 'db' | 'cipher' | 'clock'>;
const SHOWN = 100;

/** The mailer of the sandbox: keeps mails, encrypted, for the page /dev/mail instead of sending them. */
export function demoMailer(app: DemoApp): Mailer {
  return {
    async send(mail: Mail) {
      const id = RowId.parse(mail.id);
      if (!id) throw new Error('A mail has no proper id.');
      await transact(app.db, async (tx) => {
        const key = await app.cipher.openDataKey(tx, await app.cipher.createDataKey(tx));
        const { to, lang, subject, text } = mail;
        await insertDemoMessage(tx, {
          id,
          dataKeyId: key.id,
          content: key.encrypt(placeOf(id), JSON.stringify({ to, lang, subject, text })),
          sentAt: app.clock.now(),
        });
      });
    },
  };
}

/** The latest mails, newest first; of one recipient where named. */
export async function demoMessages(app: DemoApp, to?: string): Promise<DemoMessage[]> {
  const rows = await listDemoMessages(app.db, SHOWN);
  const messages = await Promise.all(rows.map((row) => openMessage(app, row)));
  return messages.filter(
    (message) => to === undefined || message.to.toLowerCase() === to.toLowerCase(),
  );
}

/**
 * GET /dev/mail: the sandbox mailbox, for people; `Accept: application/json` gives `{ messages: DemoMessage[] }`.
 * `?to=` shows one recipient. Production has neither the page nor the mailer.
 */
export async function showMailbox(ctx: Context, app: WebApp): Promise<void> {
  const to = typeof ctx.query.to === 'string' ? ctx.query.to : undefined;
  const messages = await demoMessages(app, to);
  if (ctx.accepts('html', 'json') === 'json') {
    ctx.set('cache-control', 'no-store');
    ctx.body = { messages };
    return;
  }
  await page(ctx, app, {
    view: mailboxPage,
    model: { messages, viaSmtp: app.config.SMTP_URL !== undefined },
    title: 'notices.mailbox.title',
    area: 'plain',
  });
}

async function openMessage(app: DemoApp, row: DemoMessageRow): Promise<DemoMessage> {
  const key = await app.cipher.openDataKey(app.db, row.dataKeyId);
  const content = JSON.parse(key.decryptText(placeOf(row.id), row.content)) as Omit<
    DemoMessage,
    'id' | 'sentAt'
  >;
  return { id: row.id, ...content, sentAt: row.sentAt.toISOString() };
}

function placeOf(id: RowId) {
  return { table: 'demo_messages', column: 'content', row: id };
}
