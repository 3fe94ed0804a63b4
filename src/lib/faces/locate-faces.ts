import type { Network } from './read-network.ts';
import { runNetwork } from './run-network.ts';

/** Where a face is: parts of the picture's longer side, from the upper left corner of the square that it is centred in. */
export interface SeenFace {
  left: number;
  top: number;
  width: number;
  height: number;
  /** Half-way between the eyes, and from one to the other. */
  eyesAt: { x: number; y: number };
  eyesApart: number;
  /** How sure the network is, 0 to 1. */
  score: number;
}

/** What the network looks at: a square of this many pixels a side. */
export const INPUT_SIZE = 128;

/**
 * Two grids of places are looked at, 16 × 16 with two guesses each, then 8 × 8 with six (BlazeFace, arXiv 1907.05047 §3.2, as
 * the graph `face_detection_short` sets it): each guess is a box by its distance from the middle of its place.
 */
const GRIDS = [
  { side: 16, guesses: 2 },
  { side: 8, guesses: 6 },
] as const;
/** Middle and size of the box, then the places of right eye, left eye, nose, mouth and ears, two values each. */
const VALUES_A_GUESS = 16;
/** Boxes that overlap more are one face (intersection over union). */
const SAME_FACE = 0.3;

/** Every face in a square picture (RGB, one octet each, row by row), the surest first. `scoreMin`: 0 to 1. */
export function locateFaces(network: Network, pixels: Uint8Array, scoreMin: number): SeenFace[] {
  const input = Float32Array.from(pixels, (value) => value / 127.5 - 1);
  const [boxes, scores] = runNetwork(network, input) as [Float32Array, Float32Array];
  const found: SeenFace[] = [];
  centres().forEach(([x, y], guess) => {
    const score = 1 / (1 + Math.exp(-scores[guess]!));
    if (score < scoreMin) return;
    const at = guess * VALUES_A_GUESS;
    const [dx, dy, width, height, rightX, rightY, leftX, leftY] = Array.from(
      boxes.subarray(at, at + 8),
      (value) => value / INPUT_SIZE,
    ) as [number, number, number, number, number, number, number, number];
    const eyesApart = Math.hypot(leftX - rightX, leftY - rightY);
    const eyesAt = { x: x + (leftX + rightX) / 2, y: y + (leftY + rightY) / 2 };
    found.push({
      left: x + dx - width / 2,
      top: y + dy - height / 2,
      width,
      height,
      eyesAt,
      eyesApart,
      score,
    });
  });
  return withoutRepeats(found.toSorted((a, b) => b.score - a.score));
}

function centres(): [number, number][] {
  return GRIDS.flatMap(({ side, guesses }) =>
    Array.from({ length: side * side * guesses }, (_, index): [number, number] => {
      const place = Math.floor(index / guesses);
      return [((place % side) + 0.5) / side, (Math.floor(place / side) + 0.5) / side];
    }),
  );
}

function withoutRepeats(surestFirst: readonly SeenFace[]): SeenFace[] {
  const kept: SeenFace[] = [];
  for (const face of surestFirst)
    if (kept.every((other) => overlapOf(face, other) <= SAME_FACE)) kept.push(face);
  return kept;
}

function overlapOf(one: SeenFace, other: SeenFace): number {
  const width =
    Math.min(one.left + one.width, other.left + other.width) - Math.max(one.left, other.left);
  const height =
    Math.min(one.top + one.height, other.top + other.height) - Math.max(one.top, other.top);
  const shared = Math.max(0, width) * Math.max(0, height);
  return shared / (one.width * one.height + other.width * other.height - shared);
}
