import { findFaces } from '../lib/faces/find-faces.ts';

/** What our own look at a live picture found; all but the first are told, and can be taken back by another picture. */
export type FaceFinding =
  | 'one_face'
  | 'no_face'
  | 'several_faces'
  | 'face_too_small'
  /** The detector gave no answer; then nothing is said of the face. */
  | 'not_looked';

export interface FaceLook {
  finding: FaceFinding;
  /** How many faces, how sure, how far apart the eyes are: for the record. */
  measured: string;
}

/**
 * Pixels between the eyes under which a face shows too little to be compared. ISO/IEC 39794-5 wants 90 in a portrait that is
 * printed; a live picture of two thirds of that can still be judged by eye.
 */
const EYES_APART_MIN = 60;

/**
 * Whether a live picture shows a face, one only, large enough. Advice to whoever takes it and a finding for officers, never a
 * refusal: no detector finds every face.
 */
export async function lookForFace(jpeg: Buffer): Promise<FaceLook> {
  const found = await findFaces(jpeg);
  if (!found.ok) return { finding: 'not_looked', measured: found.reason };
  const [surest, ...others] = found.faces;
  if (!surest) return { finding: 'no_face', measured: 'no_face' };
  if (others.length > 0)
    return { finding: 'several_faces', measured: `several_faces ${found.faces.length}` };
  const { score, eyesApart } = surest;
  const finding = eyesApart < EYES_APART_MIN ? 'face_too_small' : 'one_face';
  const measured = `${finding} ${score.toFixed(2)}, eyes ${Math.round(eyesApart)} px apart`;
  return { finding, measured };
}
