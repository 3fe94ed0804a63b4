import { readFileSync } from 'node:fs';
import { decodeJpeg2000 } from '../../src/lib/jpeg2000-decoder.ts';

/**
 * Run by a test in a process of its own, whose memory is then the decoder's and nobody else's: decodes the files named, one after
 * the other, and prints of each how it ended and by how many megabytes the process ever grew since the first, which only starts it.
 */
const [first, ...files] = process.argv.slice(2);
const peakMb = () => process.resourceUsage().maxRSS / 1024;
const images = files.map((path) => readFileSync(path));
await decodeJpeg2000(readFileSync(first!));
const before = peakMb();
for (const image of images) {
  const decoded = await decodeJpeg2000(image, 60_000);
  const outcome = decoded.ok ? 'decoded' : decoded.reason;
  console.log(JSON.stringify({ outcome, grewByMb: Math.round(peakMb() - before) }));
}
