import { keptAccountChanges, keptLinks, keptMessages } from '../../accounts/kept-records.ts';
import { recordKeepers } from '../../lib/old-records.ts';
import type { RecordKeeper } from '../../lib/old-records.ts';
import { keptLookUps } from '../../registry/kept-records.ts';
import { keptAnswers } from '../../visas/kept-records.ts';
import { keptRateLimits, keptSessions } from '../../web/kept-records.ts';
import {
  keptChipFiles,
  keptChipPortraits,
  keptCodes,
  keptHandOffs,
  keptLiveCaptures,
  keptProvenCases,
  keptRegisterWords,
  keptReminders,
  keptSamples,
  keptStagedFiles,
  keptUnprovenCases,
  keptUnprovenEvidence,
  keptVisaStickers,
} from '../kept-records.ts';
import type { PurgedClass } from './classes.ts';
import { keptIdentities } from './erase-ended.ts';

/** Who removes what. */
export type Keepers = Readonly<Record<PurgedClass, RecordKeeper>>;

/** Classes of domains that come later than this one: `jobs.ts` and `cli.ts` supply them. */
export type LaterClass = 'status_events' | 'demo_mail';

/** Every class's keeper, in no order: that is the table's (`PURGED`). */
export function allKeepers(later: Pick<Keepers, LaterClass>): Keepers {
  return {
    ...later,
    staged_files: keptStagedFiles,
    hand_offs: keptHandOffs,
    unproven_evidence: keptUnprovenEvidence,
    chip_files: keptChipFiles,
    chip_portraits: keptChipPortraits,
    live_captures: keptLiveCaptures,
    biometric_samples: keptSamples,
    register_answers: keptRegisterWords,
    register_cache: keptAnswers,
    visa_stickers: keptVisaStickers,
    unproven_cases: keptUnprovenCases,
    proven_cases: keptProvenCases,
    identities: keptIdentities,
    number_look_ups: keptLookUps,
    reminders: keptReminders,
    messages: keptMessages,
    sessions: keptSessions,
    account_changes: keptAccountChanges,
    links_and_codes: recordKeepers([keptLinks, keptCodes]),
    rate_limits: keptRateLimits,
  };
}
