import type { Unavailable } from '../visas/register-port.ts';
import type { CheckRow } from './examination-store.ts';
import type { FaceStatement, MatcherTerms } from './matcher-port.ts';
import {
  ATTACK_DETECTION,
  FACE_MATCH,
  FACE_PRESENT,
  PRINTED_FACE_MATCH,
} from './portrait-checks.ts';
import type { ComparedPortrait } from './portrait-checks.ts';

/**
 * What a matcher's word comes to, by our thresholds: the checks of the picture. Only an approved version is believed, and only
 * where it saw one face in each picture. An attack is told apart from a face that differs; nothing that was not said is
 * ever a match. Against a printed portrait a face that differs is a warning: the photo that it was cut from may be what differs.
 */
export function judgeFaces(
  word: FaceStatement | Unavailable,
  terms: MatcherTerms,
  against: ComparedPortrait,
): CheckRow[] {
  const faceMatch = against === 'chip' ? FACE_MATCH : PRINTED_FACE_MATCH;
  const unknown = (reason: string) => unknownChecks(faceMatch, reason);
  if (word.kind === 'unavailable') return unknown(`matcher_unavailable.${word.reason}`);
  const version = `${word.matcher.name}/${word.matcher.version}`;
  if (!terms.approved.includes(version)) return unknown(`matcher_not_approved ${version}`);
  if (word.kind === 'not_compared') {
    const reason = `${word.picture}.${word.reason} ${version}`;
    const [present, ...rest] = unknown(reason);
    // The chip's picture is what it is; the live one can be taken again.
    return word.picture === 'live'
      ? [{ ...present!, outcome: 'failed' }, ...rest]
      : unknown(reason);
  }
  const isAttack = word.attack >= terms.attackMin;
  const isSame = word.similarity >= terms.similarityMin;
  return [
    row(FACE_PRESENT, 'passed', version),
    row(
      ATTACK_DETECTION,
      isAttack ? 'failed' : 'passed',
      `${word.attack} (attack from ${terms.attackMin}) ${version}`,
    ),
    row(
      faceMatch,
      isSame ? 'passed' : against === 'chip' ? 'failed' : 'warned',
      `${word.similarity} (same from ${terms.similarityMin}) ${version}`,
    ),
  ];
}

/** No word of the faces: nothing is known of any of them. */
export function unknownChecks(faceMatch: string, reason: string): CheckRow[] {
  return [FACE_PRESENT, ATTACK_DETECTION, faceMatch].map((name) => row(name, 'unknown', reason));
}

function row(name: string, outcome: CheckRow['outcome'], reason: string): CheckRow {
  return { name, outcome, reason, clause: null };
}
