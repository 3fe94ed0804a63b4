import type { Db } from '../lib/database.ts';

/** The one act that a challenge is good for. */
export type ChallengePurpose =
  | 'register'
  | 'sign_in'
  | 'add'
  | 'officer_register'
  | 'officer_sign_in'
  | 'recover';

/** Remembers a challenge that was handed out, and forgets some that have expired. */
export async function insertChallenge(
  db: Db,
  challenge: {
    digest: Buffer;
    purpose: ChallengePurpose;
    subject: string;
    now: Date;
    expiresAt: Date;
  },
): Promise<void> {
  await db.raw(
    `with expired as (
       delete from passkey_challenges where challenge_digest in (
         select challenge_digest from passkey_challenges where expires_at < ?
         order by expires_at limit 20 for update skip locked))
     insert into passkey_challenges (challenge_digest, purpose, subject, expires_at) values (?, ?, ?, ?)`,
    [challenge.now, challenge.digest, challenge.purpose, challenge.subject, challenge.expiresAt],
  );
}

/** Uses a challenge up. True exactly once, for its own purpose and subject, before it expires. */
export async function consumeChallenge(
  db: Db,
  challenge: { digest: Buffer; purpose: ChallengePurpose; subject: string; now: Date },
): Promise<boolean> {
  const count = await db('passkey_challenges')
    .where({
      challenge_digest: challenge.digest,
      purpose: challenge.purpose,
      subject: challenge.subject,
    })
    .where('expires_at', '>', challenge.now)
    .delete();
  return count > 0;
}
