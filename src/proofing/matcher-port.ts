import { z } from 'zod';
import type { Unavailable } from '../visas/register-port.ts';
import type { SignedContract } from '../visas/signed-contract.ts';

/** The signed contract with a face matcher, both sides of it: docs/face-matcher.md. */

export const COMPARISON_PATH = '/v1/comparisons';

/** Two pictures, and nothing else of the person: not who it is, nor for what. Both are JPEGs that we encoded. */
export interface FacePair {
  /** Ours, a UUID, the same for every try of one comparison. */
  requestId: string;
  /** The portrait that the chip holds. */
  document: Buffer;
  live: Buffer;
}

/** The body of a question, JSON. */
export const comparisonBody = z.object({
  requestId: z.uuid(),
  document: z.base64().max(4_000_000),
  live: z.base64().max(4_000_000),
});

const share = z.number().min(0).max(1);
const matcher = z.object({
  name: z.string().regex(/^[a-z0-9-]{1,40}$/),
  version: z.string().regex(/^[\w.-]{1,40}$/),
});

/** What a matcher says. It gives scores; what follows from them is ours to decide (`judge-faces.ts`). */
export const faceStatement = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('compared'),
    /** How alike the two faces are, 0 to 1. */
    similarity: share,
    /** How likely the live picture is of a picture, a screen or a mask, or was put in past the camera, 0 to 1. */
    attack: share,
    matcher,
  }),
  z.object({
    kind: z.literal('not_compared'),
    reason: z.enum(['no_face', 'several_faces', 'poor_picture']),
    picture: z.enum(['document', 'live']),
    matcher,
  }),
]);
export type FaceStatement = z.output<typeof faceStatement>;

export const comparisonContract: SignedContract<FacePair, FaceStatement> = {
  path: COMPARISON_PATH,
  body: ({ requestId, document, live }) => ({
    requestId,
    document: document.toString('base64'),
    live: live.toString('base64'),
  }),
  statement: faceStatement,
  // It repeats nothing of what it was shown; the hash of the question binds it to these very pictures.
  isAbout: () => true,
};

/** Whoever compares faces for this deployment. */
export interface FaceMatcher {
  /** Compares, within bounded time; never throws for what the matcher does. */
  compare(pair: FacePair): Promise<FaceStatement | Unavailable>;
  /** What its scores must reach, and which of its versions may be believed. */
  terms: MatcherTerms;
}

export interface MatcherTerms {
  /** One face from here up. */
  similarityMin: number;
  /** An attack from here up. */
  attackMin: number;
  /** `name/version` of those that were approved. */
  approved: readonly string[];
}
