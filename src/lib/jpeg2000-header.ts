const START = Buffer.from('ff4fff51', 'hex');

/**
 * Size of a JPEG 2000 image by the SIZ marker of its codestream (ISO/IEC 15444-1 A.5.1), raw or in a JP2 file; null where
 * there is none, or where a JP2 holds a second codestream or names another size in its header.
 */
export function jpeg2000Size(bytes: Buffer): { width: number; height: number } | null {
  const at = bytes.indexOf(START);
  const raw = at === 0;
  if (at === -1 || at + 42 > bytes.length) return null;
  if (bytes.includes(START, at + START.length)) return null;
  const width = bytes.readUInt32BE(at + 8) - bytes.readUInt32BE(at + 16);
  const height = bytes.readUInt32BE(at + 12) - bytes.readUInt32BE(at + 20);
  const components = bytes.readUInt16BE(at + 40);
  if (width <= 0 || height <= 0 || components < 1 || components > 4) return null;
  if (raw) return { width, height };
  const header = bytes.subarray(0, at).indexOf('ihdr');
  if (header === -1 || header + 12 > at) return null;
  const same =
    bytes.readUInt32BE(header + 4) === height && bytes.readUInt32BE(header + 8) === width;
  return same ? { width, height } : null;
}
