import { mailDocument, mailText } from '../../views/accounts/mail.ts';
import { render } from '../../views/html.ts';
import { appendAudit, SYSTEM } from '../audit/append.ts';
import { addSeconds } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import { formatDate } from '../web/languages.ts';
import type { AccountsApp } from './accounts-app.ts';
import { MailRefused } from './mailer.ts';
import type { Mail } from './mailer.ts';
import { settleMessage, takeQueuedMessage } from './message-store.ts';
import type { MessageRow, TakenMessage } from './message-store.ts';
import { writeNotice } from './notice-templates.ts';
import type { StoredParams } from './notice-templates.ts';

/** About two days of the queue's growing pauses. */
const MOST_ATTEMPTS = 20;

/**
 * Job `send_message`: writes and sends one message. Runs at least once; the message's id is its Message-ID.
 * Gives up where the relay refuses for good, after 20 tries, when a code in it has expired, or when the
 * person was erased meanwhile.
 */
export async function sendMessage(
  payload: Record<string, unknown>,
  app: AccountsApp,
): Promise<void> {
  const id = RowId.parse(payload.messageId);
  if (!id) throw new Error('The job names no message.');
  const message = await takeQueuedMessage(app.db, id);
  if (!message) return;
  const mail = writeMail(message, app);
  if (!mail || isStale(message, app)) return settle(app, message, 'failed');
  try {
    await app.mail.send(mail);
  } catch (error) {
    if (!(error instanceof MailRefused) && message.attempts < MOST_ATTEMPTS) throw error;
    return settle(app, message, 'failed');
  }
  await settle(app, message, 'sent');
}

function writeMail(message: TakenMessage, app: AccountsApp): Mail | null {
  if (!message.wrappedKey) return null;
  const key = app.cipher.unwrap(message.dataKeyId, message.wrappedKey);
  const place = (column: string) => ({ table: 'messages', column, row: message.id });
  const params = JSON.parse(key.decryptText(place('params'), message.params)) as StoredParams;
  const words = writeNotice(message.template, params, {
    t: app.languages.translator(message.lang),
    issuer: app.config.ISSUER,
    formatDate: (value, style) => formatDate(message.lang, value, style),
  });
  return {
    id: message.id,
    to: key.decryptText(place('recipient'), message.recipient),
    lang: message.lang,
    subject: words.subject,
    text: mailText(words),
    html: `<!doctype html>${render(mailDocument(words, message.lang))}`,
  };
}

/** A code that has expired would only confuse. */
function isStale(message: MessageRow, app: AccountsApp): boolean {
  if (message.template !== 'contact_code') return false;
  return app.clock.now() >= addSeconds(message.createdAt, app.config.CONTACT_CODE_SECONDS);
}

async function settle(
  app: AccountsApp,
  message: MessageRow,
  state: 'sent' | 'failed',
): Promise<void> {
  const at = app.clock.now();
  if (state === 'sent') return settleMessage(app.db, message.id, { state, at });
  await transact(app.db, async (tx) => {
    await settleMessage(tx, message.id, { state, at });
    if (message.accountId)
      await appendAudit(tx, app, {
        action: 'accounts.notice_failed',
        actor: SYSTEM,
        subject: { kind: 'account', id: message.accountId },
        details: { template: message.template },
      });
  });
}
