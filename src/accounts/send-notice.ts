import { appendAudit, SYSTEM } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import type { DataKey } from '../lib/field-encryption.ts';
import { RowId } from '../lib/ids.ts';
import type { AccountId } from '../lib/ids.ts';
import { enqueue } from '../lib/outbox.ts';
import type { Lang } from '../../views/ui.ts';
import { findAccountRow } from './account-store.ts';
import { contactAddresses } from './contact-address.ts';
import { makeFreezeLink } from './freeze-link.ts';
import { insertMessage } from './message-store.ts';
import { WITH_FREEZE_LINK } from './notice-templates.ts';
import type {
  AddressMailParams,
  NoticeParams,
  NoticeTemplate,
  StoredParams,
} from './notice-templates.ts';

/**
 * Tells the holder of an account at every confirmed address, in the account's language. The messages commit
 * with the caller's transaction and are sent by the job `send_message`. Those of
 * WITH_FREEZE_LINK get a freeze link of their own. Does nothing for an account without addresses (officers, erased persons).
 */
export async function sendNotice<Template extends NoticeTemplate>(
  tx: Tx,
  app: App,
  notice: { accountId: AccountId; template: Template; params: NoticeParams[Template] },
): Promise<void> {
  const account = await findAccountRow(tx, notice.accountId);
  if (!account) throw new Error('A notice names an account that is not there.');
  const addresses = await contactAddresses(tx, app, account);
  if (addresses.length === 0) return;
  const params: StoredParams = { ...notice.params };
  if (WITH_FREEZE_LINK.includes(notice.template))
    params.freezeToken = await makeFreezeLink(tx, app, account.id);
  const key = await app.cipher.openDataKey(tx, account.dataKeyId);
  for (const { address } of addresses)
    await queueMail(tx, app, {
      accountId: account.id,
      key,
      address,
      template: notice.template,
      lang: account.lang,
      params,
    });
  await appendAudit(tx, app, {
    action: 'accounts.notice_queued',
    actor: SYSTEM,
    subject: { kind: 'account', id: account.id },
    details: { template: notice.template, addresses: addresses.length },
  });
}

/** Mails an address, whether or not an account has it: the contact code, or that there already is an account. */
export async function mailAddress<Template extends keyof AddressMailParams>(
  tx: Tx,
  app: App,
  mail: {
    key: DataKey;
    address: string;
    lang: Lang;
    template: Template;
    params: AddressMailParams[Template];
  },
): Promise<void> {
  await queueMail(tx, app, { ...mail, accountId: null, params: { ...mail.params } });
}

async function queueMail(
  tx: Tx,
  app: App,
  mail: {
    accountId: AccountId | null;
    key: DataKey;
    address: string;
    lang: Lang;
    template: string;
    params: StoredParams;
  },
): Promise<void> {
  const id = RowId.make(app);
  const place = (column: string) => ({ table: 'messages', column, row: id });
  await insertMessage(tx, {
    id,
    accountId: mail.accountId,
    dataKeyId: mail.key.id,
    template: mail.template,
    lang: mail.lang,
    recipient: mail.key.encrypt(place('recipient'), mail.address),
    params: mail.key.encrypt(place('params'), JSON.stringify(mail.params)),
    createdAt: app.clock.now(),
  });
  await enqueue(tx, 'send_message', { messageId: id }, { key: `send_message:${id}` });
}
