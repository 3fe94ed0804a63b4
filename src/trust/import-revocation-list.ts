import { createHash } from 'node:crypto';
import { appendAudit, SYSTEM } from '../audit/append.ts';
import { parseCertificate } from '../documents/certificates.ts';
import { attempt } from '../documents/findings.ts';
import { isListSignedBy, LIST_CLOCK_SKEW_MS } from '../documents/revocation.ts';
import { parseRevocationList, type RevocationList } from '../documents/revocation-lists.ts';
import { sameCountry } from '../documents/state-codes.ts';
import type { App } from '../lib/app.ts';
import { transact, type Tx } from '../lib/database.ts';
import { enqueue } from '../lib/outbox.ts';
import { environmentsOf } from './chip-trust.ts';
import { revocationListRow } from './revocation-list-row.ts';
import {
  insertRevocationList,
  lockRevocationLists,
  newestListOf,
  storedAnchors,
  type StoredAnchor,
} from './store.ts';

type TrustApp = Pick<App, 'config' | 'clock' | 'random' | 'db'>;

/** What the command prints of one list. */
export type ListImportReport = RefusedList | AcceptedList;

export interface RefusedList {
  source: string;
  outcome: 'refused';
  reason: string;
  sha256: string;
}

export interface AcceptedList {
  source: string;
  /** `known`: the store holds these very bytes as the newest of their issuer; nothing changed. */
  outcome: 'imported' | 'known';
  sha256: string;
  country: string;
  environment: StoredAnchor['environment'];
  /** SHA-256 of the anchor whose key signed it. */
  signedBy: string;
  /** CRL number, decimal; null where the list has none. */
  number: string | null;
  thisUpdate: string;
  nextUpdate: string | null;
  /** Past its next update, or without one: it still revokes whom it names, and proves nobody good. */
  stale: boolean;
  revoked: number;
  /** SHA-256 of the list that was the newest until now. */
  replaces: string | null;
}

/**
 * Brings a state's CRL into the store (Doc 9303-12 §7.1.4; RFC 5280 §6.3), if the key of an anchor of that state that is
 * trusted now signed it, it is whole, and newer than what the store has of this issuer and key. A list of the sandbox's anchors
 * stays in the sandbox. A job takes their levels from the proofs that rest on signers it names. Bytes of any kind are refused, never
 * thrown on.
 */
export async function importRevocationList(
  app: TrustApp,
  { list: bytes, source }: { list: Buffer; source: string },
): Promise<ListImportReport> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const refused = (reason: string): RefusedList => ({ source, outcome: 'refused', reason, sha256 });
  const read = attempt(() => parseRevocationList(bytes));
  if (!read.ok) return refused(read.finding.reason ?? 'unreadable');
  const list = read.value;
  const now = app.clock.now().getTime();
  const country = list.issuer.country?.toUpperCase();
  if (country === undefined) return refused('names_no_state');
  // As the newest of its issuer it would stand in for the whole list that it only adds to.
  if (list.partial) return refused('covers_only_a_part');
  if (list.thisUpdate > now + LIST_CLOCK_SKEW_MS) return refused('issued_in_the_future');
  return transact(app.db, async (tx) => {
    await lockRevocationLists(tx);
    const anchor = await signerOf(tx, app, list, country);
    if (anchor === null) return refused('no_trusted_signer');
    const { environment } = anchor;
    const row = revocationListRow(app, { list, country, environment, source });
    const held = await newestListOf(tx, row.issuerSha256, environmentsOf(app));
    const isKnown = held?.sha256.equals(row.sha256) === true;
    const older = held === null || isKnown ? null : whyNotNewer(list, held.list);
    if (older !== null) return refused(older);
    if (!isKnown && !(await insertRevocationList(tx, row))) return refused('held_for_the_sandbox');
    if (!isKnown) {
      await appendAudit(tx, app, {
        action: 'trust.revocation_list_added',
        actor: SYSTEM,
        subject: { kind: 'anchor', id: row.id },
        details: { sha256, country, environment, source },
      });
      // Many lists may come at once: one job looks at all of them.
      await enqueue(tx, 'notice_revoked_signers', {}, { key: 'notice_revoked_signers' });
    }
    return {
      source,
      outcome: isKnown ? 'known' : 'imported',
      sha256,
      country,
      environment,
      signedBy: anchor.sha256.toString('hex'),
      number: list.number?.toString() ?? null,
      thisUpdate: row.thisUpdate.toISOString(),
      nextUpdate: row.nextUpdate?.toISOString() ?? null,
      stale: list.nextUpdate === undefined || list.nextUpdate <= now,
      revoked: list.revoked.size,
      replaces: held === null || isKnown ? null : held.sha256.toString('hex'),
    };
  });
}

/** The trusted anchor of the list's state whose key signed it; a production one first where a sandbox one has the same key. */
async function signerOf(
  tx: Tx,
  app: TrustApp,
  list: RevocationList,
  country: string,
): Promise<StoredAnchor | null> {
  const environments = environmentsOf(app);
  const candidates = (await storedAnchors(tx)).filter(
    (anchor) =>
      anchor.state === 'trusted' &&
      environments.includes(anchor.environment) &&
      sameCountry(anchor.country, country),
  );
  for (const environment of environments) {
    for (const anchor of candidates.filter((one) => one.environment === environment)) {
      const parsed = attempt(() => parseCertificate(anchor.certificate));
      if (parsed.ok && isListSignedBy(list, parsed.value)) return anchor;
    }
  }
  return null;
}

/**
 * Why a list does not come after the one that the store has, or null where it does. Numbers and times both rise from list to
 * list (RFC 5280 §5.2.3); one that falls is an old list, or one that we cannot put in order.
 */
function whyNotNewer(list: RevocationList, heldBytes: Buffer): string | null {
  const read = attempt(() => parseRevocationList(heldBytes));
  // A list that a stricter reader no longer reads is used by nobody, so any readable one is better.
  if (!read.ok) return null;
  const held = read.value;
  if (list.thisUpdate < held.thisUpdate) return 'older_than_known';
  const numbered = list.number !== undefined && held.number !== undefined;
  if (numbered && list.number! < held.number!) return 'number_below_known';
  const isLater = list.thisUpdate > held.thisUpdate;
  return isLater || (numbered && list.number! > held.number!) ? null : 'no_newer_than_known';
}
