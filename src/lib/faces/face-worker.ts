import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';
import { locateFaces } from './locate-faces.ts';
import type { SeenFace } from './locate-faces.ts';
import { readNetwork } from './read-network.ts';

/**
 * Looks for faces, one message each: 128 × 128 pixels in, what was seen out. It never sees a file, and every picture costs it the
 * same.
 */
export interface FaceTask {
  pixels: Uint8Array;
  scoreMin: number;
}
export type FaceAnswer = readonly SeenFace[];

const MODEL = '@mediapipe/face_detection/face_detection_short_range.tflite';
const network = readNetwork(readFileSync(createRequire(import.meta.url).resolve(MODEL)));

parentPort?.on('message', ({ pixels, scoreMin }: FaceTask) => {
  const answer: FaceAnswer = locateFaces(network, pixels, scoreMin);
  parentPort?.postMessage(answer, []);
});
