import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActiveAuthentication, ChipFileName } from '../documents/chip-verdict.ts';

export type ChipFolder =
  | { ok: true; files: Map<ChipFileName, Buffer>; exchange?: ActiveAuthentication }
  | { ok: false; reason: 'no_such_folder' | 'duplicate_file' | 'file_too_large'; name: string };

/** DESIGN §8: chip files are at most 1 MiB. */
const MAX_FILE_BYTES = 1024 * 1024;
const RECORDING = ['AA_challenge.bin', 'AA_response.bin'];

/**
 * The chip files of a folder: `EF_COM.bin`, `EF_SOD.bin`, `DG1.bin` …, also as `EF_DG1.bin`, `Datagroup1.bin` or by
 * file identifier (`ef011D.bin` is the SOD, `ef0101.bin` DG1; Doc 9303-10 Table 34). `AA_challenge.bin` and
 * `AA_response.bin` are a recorded active authentication. Others are passed over.
 */
export async function readChipFolder(folder: string): Promise<ChipFolder> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch {
    return { ok: false, reason: 'no_such_folder', name: folder };
  }
  const files = new Map<ChipFileName, Buffer>();
  const recorded = new Map<string, Buffer>();
  for (const name of names.toSorted()) {
    const file = chipFileNamed(name);
    const isRecording = RECORDING.includes(name);
    if (file === null && !isRecording) continue;
    if (file !== null && files.has(file)) return { ok: false, reason: 'duplicate_file', name };
    const path = join(folder, name);
    if ((await stat(path)).size > MAX_FILE_BYTES) {
      return { ok: false, reason: 'file_too_large', name };
    }
    const bytes = await readFile(path);
    if (file === null) recorded.set(name, bytes);
    else files.set(file, bytes);
  }
  const [challenge, response] = RECORDING.map((name) => recorded.get(name));
  const exchange = challenge && response && { challenge, response };
  return { ok: true, files, ...(exchange === undefined ? {} : { exchange }) };
}

export function chipFileNamed(name: string): ChipFileName | null {
  const stem = /^(.+)\.bin$/i.exec(name)?.[1]?.toUpperCase();
  if (stem === undefined) return null;
  if (stem === 'EF_COM' || stem === 'COM' || stem === 'EF011E') return 'EF_COM';
  if (/^(?:[A-Z0-9]+_)?(?:EF_)?SOD$/.test(stem) || stem === 'EF011D') return 'EF_SOD';
  const number =
    /^(?:EF_)?(?:DG|DATAGROUP)(\d{1,2})$/.exec(stem)?.[1] ??
    (/^EF01(?:0[1-9A-F]|10)$/.test(stem) ? String(Number.parseInt(stem.slice(4), 16)) : undefined);
  const group = Number(number);
  return group >= 1 && group <= 16 ? (`DG${group}` as ChipFileName) : null;
}
