import type { Actor } from '../audit/events.ts';
import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import { addResource } from './add-resource.ts';
import { saveAgency } from './add-service.ts';
import { findResource } from './find-resource.ts';
import { REGISTER_CODE, numberLookUps } from './number-look-ups.ts';
import type { NumberScope } from './number-look-ups.ts';

const REGISTER = {
  code: REGISTER_CODE,
  name: 'Register of foreign-national IDs',
  'name#th': 'ทะเบียนเลขประจำตัวคนต่างชาติ',
};

/**
 * Puts our own API on record as a resource, where it is not yet: agreements refer to it, and its metadata (RFC 9728) comes
 * from there. No service is listed in it: an agreement in force is what gives a token.
 */
export async function keepNumberResource(tx: Tx, app: App, actor: Actor): Promise<void> {
  const resource = numberLookUps(app);
  if (await findResource(tx, resource)) return;
  await saveAgency(tx, app, { agency: REGISTER, actor });
  const added = await addResource(tx, app, {
    actor,
    replace: false,
    file: {
      resource,
      resource_name: 'Look-up of foreign-national IDs',
      'resource_name#th': 'การตรวจสอบเลขประจำตัวคนต่างชาติ',
      agency: REGISTER.code,
      // Asked about at each call: an agreement that ends, ends at once.
      token_format: 'opaque',
      minimum_aal: 1,
      scopes: [
        {
          name: 'numbers:check',
          description: 'Check whether a foreign-national ID is in use',
          'description#th': 'ตรวจสอบว่าเลขประจำตัวคนต่างชาติใช้งานอยู่หรือไม่',
          without_person: true,
        },
        {
          name: 'numbers:state',
          description: 'See the state of a foreign-national ID',
          'description#th': 'ดูสถานะของเลขประจำตัวคนต่างชาติ',
          without_person: true,
        },
      ] satisfies { name: NumberScope; [more: string]: unknown }[],
    },
  });
  // Another transaction may have been first; the next look finds it.
  if (!added.ok && added.reason === 'invalid')
    throw new Error(`The resource of our own look-up is refused: ${JSON.stringify(added.faults)}`);
}
