import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChipAuthentication } from '../../src/documents/chip-authentication.ts';
import { mrzReport } from '../../src/documents/mrz-report.ts';
import { parseRevocationList } from '../../src/documents/revocation-lists.ts';
import { verifySeal } from '../../src/documents/seal-verify.ts';
import { verifyChip } from '../../src/documents/verify-chip.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { chipFileNamed, readChipFolder } from '../../src/trust/chip-folder.ts';
import { verifyMasterList } from '../../src/trust/import-verify.ts';
import { readListedAnchors } from '../../src/documents/master-list-anchors.ts';

/**
 * Run by a test in a process of its own: gives what lies in a folder to the parser that its name says, and prints by how many
 * megabytes the process ever grew while it did, the inputs themselves not counted.
 */
const folder = process.argv[2]!;
const now = new Date(process.argv[3]!);
const peakMb = () => process.resourceUsage().maxRSS / 1024;
const nobody = { anchors: [], crls: [] };

const parsers: Readonly<Record<string, (bytes: Buffer) => unknown>> = {
  zone: (bytes) => mrzReport(bytes.toString('latin1'), now),
  seal: (bytes) => verifySeal({ bytes, now, trust: { signers: [], ...nobody } }),
  crl: (bytes) => parseRevocationList(bytes),
  list: (bytes) => {
    const root = readFileSync(join(folder, 'root'));
    const judged = verifyMasterList({ bytes, root, now });
    return judged.ok && [...readListedAnchors(judged.verified.list.certificates)];
  },
};

async function workOn(name: string): Promise<() => unknown> {
  const path = join(folder, name);
  if (!name.startsWith('chip')) {
    const bytes = readFileSync(path);
    return () => parsers[name.split(' ')[0]!]!(bytes);
  }
  const chip = await readChipFolder(path);
  if (!chip.ok) throw new Error(chip.reason);
  const { files } = chip;
  return () => [
    verifyChip({ files, now, ...nobody }).outcome,
    startChipAuthentication(files, systemRandom),
  ];
}

const names = readdirSync(folder).filter((name) => name !== 'root' && chipFileNamed(name) === null);
const work = await Promise.all(names.map(async (name) => ({ name, run: await workOn(name) })));
const before = peakMb();
for (const { name, run } of work) {
  try {
    run();
  } catch {
    // Refused: what it took is asked here, not what it says.
  }
  console.log(JSON.stringify({ name, grewByMb: Math.round(peakMb() - before) }));
}
