import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

/** One picture, RGBA. */
export interface BarcodePicture {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

const MAX_SYMBOLS = 8;

/** Given as `workerData` by seal-barcode.ts; posts the content of each barcode, or null where reading broke. */
async function contentsOf(picture: BarcodePicture): Promise<Uint8Array[]> {
  const wasm = await readFile(
    fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm')),
  );
  // Without its bytes the module would ask the network for them.
  prepareZXingModule({
    overrides: { wasmBinary: new Uint8Array(wasm).buffer, print: quiet, printErr: quiet },
  });
  const found = await readBarcodes(
    { ...picture, colorSpace: 'srgb' },
    {
      formats: ['DataMatrix', 'Aztec', 'QRCode', 'PDF417'],
      tryHarder: true,
      maxNumberOfSymbols: MAX_SYMBOLS,
    },
  );
  return found.filter(({ isValid }) => isValid).map(({ bytes }) => new Uint8Array(bytes));
}

function quiet(): void {}

function isPicture(given: unknown): given is BarcodePicture {
  return typeof given === 'object' && given !== null && 'data' in given && 'width' in given;
}

const given: unknown = workerData;
if (isPicture(given)) {
  parentPort?.postMessage(await contentsOf(given).catch(() => null), []);
}
