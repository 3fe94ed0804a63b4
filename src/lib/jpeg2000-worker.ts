import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';

/**
 * Decodes JPEG 2000 images, one message each: bytes in, a `Jpeg2000Answer` out. WebAssembly memory never shrinks and no
 * resource limit of a worker counts it, so its growth is refused here.
 */
export interface DecodedJpeg2000 {
  width: number;
  height: number;
  channels: 1 | 3 | 4;
  data: Uint8Array;
}

export interface Jpeg2000Answer {
  image: DecodedJpeg2000 | null;
  /** What the decoder has taken by now. */
  memoryBytes: number;
}

/** What we use of the codec, which ships no types. */
interface Codec {
  J2KDecoder: new () => Decoder;
}
interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): {
    width: number;
    height: number;
    bitsPerSample: number;
    componentCount: number;
    isSigned: boolean;
  };
  delete(): void;
}

const MAX_MEMORY_BYTES = 256 * 1024 * 1024;
const PAGE_BYTES = 65_536;

/** `WebAssembly.Memory`, which the types for node leave out. */
interface WasmMemory {
  buffer: ArrayBuffer;
  grow(pages: number): number;
}
interface Wasm {
  Memory: { prototype: WasmMemory };
}

let memoryBytes = 0;

function boundGrowth({ Memory }: Wasm): void {
  const grow = Reflect.get(Memory.prototype, 'grow');
  Memory.prototype.grow = function growWithin(this: WasmMemory, pages: number) {
    const wanted = this.buffer.byteLength + pages * PAGE_BYTES;
    if (wanted > MAX_MEMORY_BYTES) throw new RangeError('more memory than an image may take');
    memoryBytes = wanted;
    return grow.call(this, pages);
  };
}

boundGrowth(Reflect.get(globalThis, 'WebAssembly') as Wasm);

const require = createRequire(import.meta.url);
const load = require('@cornerstonejs/codec-openjpeg/decodewasmjs') as (options: {
  print(): void;
  printErr(): void;
}) => Promise<Codec>;
const codec = await load({ print: () => undefined, printErr: () => undefined });

function decode(bytes: Uint8Array): DecodedJpeg2000 | null {
  const decoder = new codec.J2KDecoder();
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
    const { width, height, bitsPerSample, componentCount, isSigned } = decoder.getFrameInfo();
    const channels = componentCount;
    if (bitsPerSample > 8 || isSigned) return null;
    if (channels !== 1 && channels !== 3 && channels !== 4) return null;
    const data = decoder.getDecodedBuffer().slice();
    return data.length === width * height * channels ? { width, height, channels, data } : null;
  } finally {
    decoder.delete();
  }
}

function answerTo(bytes: unknown): Jpeg2000Answer {
  try {
    return { image: bytes instanceof Uint8Array ? decode(bytes) : null, memoryBytes };
  } catch {
    return { image: null, memoryBytes };
  }
}

parentPort?.on('message', (bytes: unknown) => {
  const answer = answerTo(bytes);
  const { image } = answer;
  parentPort?.postMessage(answer, image === null ? [] : [image.data.buffer as ArrayBuffer]);
});
