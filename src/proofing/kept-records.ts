import { recordKeeper, recordKeepers } from '../lib/old-records.ts';
import type { RecordKeeper } from '../lib/old-records.ts';

const CASE_HELD = (alias: string) =>
  `exists (select 1 from held_cases h where h.case_id = ${alias}.id)`;
const UNPROVEN = (alias: string) => `${alias}.step in ('refused', 'withdrawn', 'expired')`;
/** When nothing of a case is open any more: an appeal has a clock of its own. */
const ENDED = (alias: string) => `case when not exists
    (select 1 from appeals a where a.case_id = ${alias}.id and a.decided_at is null)
  then greatest(${alias}.closed_at, (select max(a.decided_at) from appeals a where a.case_id = ${alias}.id)) end`;

/** Files of a hand-off that was given up. */
export const keptStagedFiles = recordKeeper({
  table: 'hand_off_files',
  join: 'join hand_offs o on o.id = r.hand_off_id join cases c on c.id = o.case_id',
  since: 'coalesce(o.ended_at, greatest(o.expires_at, o.session_expires_at))',
  id: "r.hand_off_id || ' ' || r.name",
  held: CASE_HELD('c'),
  remove: 'row',
});

export const keptHandOffs = recordKeeper({
  table: 'hand_offs',
  join: 'join cases c on c.id = r.case_id',
  since: 'r.created_at',
  where: 'c.closed_at is not null',
  id: 'r.id',
  held: CASE_HELD('c'),
  remove: 'row_and_dependents',
});

/** Bytes of evidence, by kind and by what became of their case. */
function evidence(of: {
  kinds: string;
  where: string;
  since: string;
  join?: string;
}): RecordKeeper {
  return recordKeeper({
    table: 'case_evidence',
    join: `join case_examinations e on e.id = r.examination_id join cases c on c.id = e.case_id ${of.join ?? ''}`,
    since: of.since,
    earliest: 'r.created_at',
    id: 'r.id',
    where: `r.wiped_at is null and r.kind ${of.kinds} and (${of.where})`,
    held: CASE_HELD('c'),
    remove: { set: 'content = null, wiped_at = statement_timestamp()' },
  });
}

const APPROVED = "c.step = 'approved'";
/** What has a term of its own; everything else is of the document. */
const APART =
  "('DG2', 'live_portrait', 'biometric_sample', 'register_answer', 'other_register_answers')";

export const keptUnprovenEvidence = evidence({
  kinds: 'is not null',
  where: UNPROVEN('c'),
  since: ENDED('c'),
});
export const keptChipFiles = evidence({
  kinds: `not in ${APART}`,
  where: APPROVED,
  since: 'c.closed_at',
});
export const keptChipPortraits = evidence({
  kinds: "= 'DG2'",
  where: APPROVED,
  join: `left join lateral (select min(later.closed_at) as at from cases later where later.account_id = c.account_id
           and later.step = 'approved' and later.closed_at > c.closed_at) replaced on true`,
  since: 'replaced.at',
});
export const keptLiveCaptures = evidence({
  kinds: "= 'live_portrait'",
  where: APPROVED,
  since: 'c.closed_at',
});
export const keptSamples = evidence({
  kinds: "= 'biometric_sample'",
  where: APPROVED,
  join: 'join identity_proofs p on p.case_id = c.id',
  since: "p.reproof_due_on::timestamp at time zone 'UTC'",
});
export const keptRegisterWords = evidence({
  kinds: "in ('register_answer', 'other_register_answers')",
  where: APPROVED,
  since: 'c.closed_at',
});

export const keptVisaStickers = recordKeeper({
  table: 'visa_stickers',
  join: 'join cases c on c.id = r.case_id',
  since: 'c.closed_at',
  earliest: 'r.given_at',
  id: 'r.id',
  held: CASE_HELD('c'),
  remove: 'row',
});

/** Cases that proved nothing, with all that refers to them. A watch alert that nobody settled keeps its case. */
export const keptUnprovenCases = recordKeeper({
  table: 'cases',
  since: ENDED('r'),
  earliest: 'r.closed_at',
  id: 'r.id',
  where: `${UNPROVEN('r')} and not exists
    (select 1 from watch_alerts w where w.case_id = r.id and w.state = 'open')`,
  held: CASE_HELD('r'),
  remove: 'row_and_dependents',
});

/** Cases of persons who were erased: by then nothing personal in them can be read. */
export const keptProvenCases = recordKeeper({
  table: 'cases',
  join: 'join persons p on p.id = r.person_id',
  since: 'p.erased_at',
  id: 'r.id',
  where: "r.step = 'approved'",
  held: CASE_HELD('r'),
  remove: 'row_and_dependents',
});

/** Codes that were shown at counters or sent to addresses of registers. */
export const keptCodes = recordKeepers([
  recordKeeper({
    table: 'counter_codes',
    since: 'r.expires_at',
    id: 'r.id',
    held: 'exists (select 1 from held_accounts h where h.account_id = r.account_id)',
    remove: 'row',
  }),
  recordKeeper({
    table: 'register_codes',
    join: 'join cases c on c.id = r.case_id',
    since: 'r.expires_at',
    id: 'r.id',
    held: CASE_HELD('c'),
    remove: 'row',
  }),
]);

export const keptReminders = recordKeeper({
  table: 'reminders',
  since: 'r.told_at',
  id: "r.person_id || ' ' || r.kind || ' ' || r.due_on || ' ' || r.days_before",
  held: 'exists (select 1 from held_persons h where h.person_id = r.person_id)',
  remove: 'row',
});
