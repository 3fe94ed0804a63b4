import type { CheckRow } from './examination-store.ts';
import type { FaceLook } from './look-for-face.ts';
import type { PictureMeasures } from './portrait-quality.ts';

/** What a matcher can compare a live picture with: the chip's portrait, or the one in a photo of the page. */
export type ComparedPortrait = 'chip' | 'printed';

/** Where a picture came from: the camera of our own page, or a file (DESIGN section 3). */
export type Capture = 'capture_page' | 'uploaded';

/** Checks that the matcher answers; portrait-facts.ts reads them. */
export const FACE_MATCH = 'face_match';
/** Against a portrait that was cut out of a photo of the page: weak, so it decides nothing. */
export const PRINTED_FACE_MATCH = 'face_match_printed';
export const ATTACK_DETECTION = 'attack_detection';
export const FACE_PRESENT = 'face_present';
/** Our own look at the picture: whether it shows one face. */
export const ONE_FACE = 'one_face';
/** The matcher has been asked and has not answered yet. */
export const WAITING = 'matcher_waiting';

/** What is on record of a picture when it is taken: what was measured, where it came from, and what is left to others. */
export function portraitChecks(given: {
  measures: PictureMeasures;
  capture: Capture;
  face: FaceLook;
  /** A matcher is asked about it, against this portrait. */
  comparesWith: ComparedPortrait | null;
}): CheckRow[] {
  const { width, height, light, detail, sharpness } = given.measures;
  const row = (name: string, outcome: CheckRow['outcome'], reason: string): CheckRow => ({
    name,
    outcome,
    reason,
    clause: null,
  });
  const left = (name: string) =>
    given.comparesWith ? row(name, 'unknown', WAITING) : row(name, 'skipped', 'left_to_officer');
  return [
    row('picture_size', 'passed', `${width}x${height}`),
    row('picture_light', 'passed', String(light)),
    row('picture_detail', 'passed', String(detail)),
    row('picture_sharpness', 'passed', String(sharpness)),
    row('capture', given.capture === 'uploaded' ? 'warned' : 'passed', given.capture),
    row(ONE_FACE, outcomeOf(given.face), given.face.measured),
    left(FACE_PRESENT),
    left(ATTACK_DETECTION),
    left(given.comparesWith === 'printed' ? PRINTED_FACE_MATCH : FACE_MATCH),
  ];
}

/** A face that no detector finds is a warning to officers, and never more. */
function outcomeOf({ finding }: FaceLook): CheckRow['outcome'] {
  if (finding === 'one_face') return 'passed';
  return finding === 'not_looked' ? 'unknown' : 'warned';
}
