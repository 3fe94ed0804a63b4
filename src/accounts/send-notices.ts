import { appendAudits, SYSTEM } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { AccountId } from '../lib/ids.ts';
import { enqueueAll } from '../lib/outbox.ts';
import { listContactsOf } from './account-store.ts';
import { openAddress } from './contact-address.ts';
import { insertMessages } from './message-store.ts';
import { WITH_FREEZE_LINK } from './notice-templates.ts';
import type { NoticeParams, NoticeTemplate } from './notice-templates.ts';

/**
 * As `sendNotice`, for many holders in a few statements: one notice each at every confirmed address, in the account's
 * language. Accounts without addresses, and those that were erased, are passed over. Not for notices with a freeze link.
 */
export async function sendNotices<Template extends NoticeTemplate>(
  tx: Tx,
  app: App,
  notices: readonly {
    accountId: AccountId;
    template: Template;
    params: NoticeParams[Template];
  }[],
): Promise<void> {
  if (notices.some(({ template }) => WITH_FREEZE_LINK.includes(template)))
    throw new Error('A freeze link is made for one holder at a time.');
  const contacts = await listContactsOf(
    tx,
    notices.map(({ accountId }) => accountId),
  );
  const createdAt = app.clock.now();
  const messages = notices.flatMap(({ accountId, template, params }) =>
    (contacts.get(accountId) ?? []).map((contact) => {
      const id = RowId.make(app);
      const key = app.cipher.unwrap(contact.dataKeyId, contact.wrappedKey);
      const place = (column: string) => ({ table: 'messages', column, row: id });
      return {
        id,
        accountId,
        dataKeyId: key.id,
        template,
        lang: contact.lang,
        recipient: key.encrypt(place('recipient'), openAddress(key, contact)),
        params: key.encrypt(place('params'), JSON.stringify(params)),
        createdAt,
      };
    }),
  );
  await insertMessages(tx, messages);
  await enqueueAll(
    tx,
    'send_message',
    messages.map(({ id }) => ({ payload: { messageId: id }, key: `send_message:${id}` })),
  );
  await appendAudits(
    tx,
    app,
    notices.flatMap(({ accountId, template }) => {
      const addresses = contacts.get(accountId)?.length ?? 0;
      if (addresses === 0) return [];
      return [
        {
          action: 'accounts.notice_queued' as const,
          actor: SYSTEM,
          subject: { kind: 'account' as const, id: accountId },
          details: { template, addresses },
        },
      ];
    }),
  );
}
