import { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import type { FaceAnswer, FaceTask } from './face-worker.ts';
import { INPUT_SIZE } from './locate-faces.ts';
import type { SeenFace } from './locate-faces.ts';

/** A face, in pixels of the picture that it was found in. */
export type FoundFace = SeenFace;

export type FacesFound =
  | { ok: true; faces: FoundFace[]; width: number; height: number }
  | { ok: false; reason: 'undecodable' | 'unavailable' };

/** From here up the network calls it a face: the value its makers publish it with. */
const SCORE_MIN = 0.5;
/** How long one picture may take, once its turn has come; it takes about a tenth of a second. */
const LIMIT_MS = 5000;
const DECODE_SECONDS = 5;
const MAX_PIXELS = 40_000_000;
/** Pictures that wait for their turn: two seconds of work. */
const MAX_WAITING = 16;

let worker: Worker | null = null;
let waiting = 0;
let turn: Promise<unknown> = Promise.resolve();

/**
 * The faces in a picture (JPEG or PNG), the surest first: those of people within about two metres of the camera, at least
 * about an eighth of the picture's longer side wide, upright or somewhat turned. It does not tell a face from a picture of one, nor
 * whose it is. Looked for in a worker, off the main thread, one picture after the other. Never throws for bytes.
 */
export async function findFaces(picture: Buffer): Promise<FacesFound> {
  if (waiting >= MAX_WAITING) return { ok: false, reason: 'unavailable' };
  waiting += 1;
  try {
    return await lookAt(picture);
  } finally {
    waiting -= 1;
  }
}

async function lookAt(picture: Buffer): Promise<FacesFound> {
  const square = await inSquare(picture);
  if (!square) return { ok: false, reason: 'undecodable' };
  const { pixels, width, height } = square;
  const result = turn.then(() => look({ pixels, scoreMin: SCORE_MIN }));
  turn = result;
  const seen = await result;
  if (!seen) return { ok: false, reason: 'unavailable' };
  return { ok: true, faces: seen.map((face) => inPicture(face, { width, height })), width, height };
}

/** The whole picture, in the middle of a square of what the network looks at. */
async function inSquare(picture: Buffer) {
  try {
    const image = sharp(picture, { limitInputPixels: MAX_PIXELS }).timeout({
      seconds: DECODE_SECONDS,
    });
    const { width, height } = await image.metadata();
    const pixels = await image
      .flatten({ background: '#000' })
      .resize(INPUT_SIZE, INPUT_SIZE, { fit: 'contain', background: '#000' })
      .toColourspace('srgb')
      .raw()
      .toBuffer();
    // A copy: the worker takes the pixels over, and what sharp gives may share its memory.
    return { pixels: new Uint8Array(pixels), width, height };
  } catch {
    return null;
  }
}

function inPicture(
  face: SeenFace,
  { width, height }: { width: number; height: number },
): FoundFace {
  const side = Math.max(width, height);
  const across = (x: number) => x * side - (side - width) / 2;
  const down = (y: number) => y * side - (side - height) / 2;
  return {
    left: across(face.left),
    top: down(face.top),
    width: face.width * side,
    height: face.height * side,
    eyesAt: { x: across(face.eyesAt.x), y: down(face.eyesAt.y) },
    eyesApart: face.eyesApart * side,
    score: face.score,
  };
}

/** Null where no answer came in time. The worker stays for the next: starting it costs as much as a picture does. */
function look(task: FaceTask): Promise<FaceAnswer | null> {
  const using = (worker ??= startWorker());
  return new Promise((resolve) => {
    const finish = (answer: FaceAnswer | null) => {
      clearTimeout(timer);
      using.off('message', finish).off('error', failed).off('exit', failed);
      if (answer) using.unref();
      else {
        worker = null;
        void using.terminate();
      }
      resolve(answer);
    };
    const failed = () => finish(null);
    const timer = setTimeout(failed, LIMIT_MS);
    using.on('message', finish).on('error', failed).on('exit', failed);
    using.ref();
    using.postMessage(task, [task.pixels.buffer as ArrayBuffer]);
  });
}

/** Idle, it keeps no process alive, and one that dies idle is only forgotten. */
function startWorker(): Worker {
  const started = new Worker(new URL('./face-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
    stdout: true,
    stderr: true,
  });
  const forget = () => {
    if (worker === started) worker = null;
  };
  return started.on('error', forget).on('exit', forget);
}
