import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

/** Decodes one JPEG 2000 image, given as `workerData`, and posts it, or null where it cannot be decoded. */
export interface DecodedJpeg2000 {
  width: number;
  height: number;
  channels: 1 | 3 | 4;
  data: Uint8Array;
}

/** What we use of the codec, which ships no types. */
interface Codec {
  J2KDecoder: new () => {
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
  };
}

const require = createRequire(import.meta.url);
const load = require('@cornerstonejs/codec-openjpeg/decodewasmjs') as (options: {
  print(): void;
  printErr(): void;
}) => Promise<Codec>;

async function decode(bytes: Uint8Array): Promise<DecodedJpeg2000 | null> {
  const quiet = { print: () => undefined, printErr: () => undefined };
  const { J2KDecoder } = await load(quiet);
  const decoder = new J2KDecoder();
  decoder.getEncodedBuffer(bytes.length).set(bytes);
  decoder.decode();
  const { width, height, bitsPerSample, componentCount, isSigned } = decoder.getFrameInfo();
  const channels = componentCount;
  if (bitsPerSample > 8 || isSigned) return null;
  if (channels !== 1 && channels !== 3 && channels !== 4) return null;
  const data = Uint8Array.from(decoder.getDecodedBuffer());
  return data.length === width * height * channels ? { width, height, channels, data } : null;
}

const given: unknown = workerData;
if (given instanceof Uint8Array) {
  const image = await decode(given).catch(() => null);
  parentPort?.postMessage(image, image === null ? [] : [image.data.buffer as ArrayBuffer]);
}
