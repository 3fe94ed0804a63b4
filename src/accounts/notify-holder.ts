import { z } from 'zod';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import { PersonId } from '../lib/ids.ts';
import { findAccountOfPerson } from '../registry/find-persons.ts';
import { sendNotice } from './send-notice.ts';

const payload = z.discriminatedUnion('template', [
  z.object({
    personId: z.string(),
    template: z.enum(['merge_planned', 'split_planned']),
    takesEffectAt: z.iso.datetime(),
  }),
  z.object({ personId: z.string(), template: z.enum(['merge_done', 'split_done']) }),
]);

/**
 * Job `notify_holder`: the registry asks for a notice to the holder of a person's account; accounts are a later domain. A
 * person without an account (a record split off) is told nothing: there is nobody to tell yet.
 */
export async function notifyHolder(job: Record<string, unknown>, app: App): Promise<void> {
  const notice = payload.parse(job);
  const personId = PersonId.parse(notice.personId);
  if (!personId) throw new Error('The job names no person.');
  await transact(app.db, async (tx) => {
    const accountId = await findAccountOfPerson(tx, personId);
    if (!accountId) return;
    if (notice.template === 'merge_planned' || notice.template === 'split_planned') {
      const { template, takesEffectAt } = notice;
      await sendNotice(tx, app, { accountId, template, params: { takesEffectAt } });
    } else await sendNotice(tx, app, { accountId, template: notice.template, params: {} });
  });
}
