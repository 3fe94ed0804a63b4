import type { Clock } from '../../lib/clock.ts';
import { demoContent } from './demo-records.ts';
import { playEvent } from './play-event.ts';
import type { Played, PlayedEvent } from './play-event.ts';
import { openRecordFile } from './record-file.ts';
import { recordId } from './sandbox-record.ts';
import type { SandboxCorrection, SandboxRecord } from './sandbox-record.ts';
import { correctEntry } from './correct-entry.ts';

/** The register's records and what is being played with them. */
export interface SandboxState {
  records(): readonly SandboxRecord[];
  findByDocument(issuingState: string, documentNumber: string): SandboxRecord | null;
  find(id: string): SandboxRecord | null;
  isDown(): boolean;
  setDown(down: boolean): void;
  /** Adds a record, or replaces the one of the same person. */
  save(record: SandboxRecord): void;
  /** Lets something happen to one person; null where there is no such record. */
  play(id: string, event: PlayedEvent): Played | null;
  corrections(): readonly SandboxCorrection[];
  /** Takes a request to correct an entry; the same one again changes nothing. Gives how it stands. */
  takeCorrection(correction: SandboxCorrection): SandboxCorrection;
  /**
   * Settles a request; `value` is what is entered from now on, where the entry takes one. Null where there is no such
   * request, or the value does not fit.
   */
  settleCorrection(
    requestId: string,
    state: 'corrected' | 'rejected',
    value: string,
  ): SandboxCorrection | null;
  /** Back to the demo records. */
  reset(): void;
  /** How often a key was seen before, counting up: for misbehaviour that depends on the try. Not kept over a restart. */
  timesSeen(key: string): number;
}

/** Opens the state over its file, with the demo records where there is no file yet. */
export function openSandboxState(dataFile: string, clock: Clock): SandboxState {
  const file = openRecordFile(dataFile, () => demoContent(clock.now()));
  const seen = new Map<string, number>();
  const find = (id: string): SandboxRecord | null =>
    file.content().records.find((record) => recordId(record) === id) ?? null;
  const save = (record: SandboxRecord): void => {
    const content = file.content();
    const others = content.records.filter((other) => recordId(other) !== recordId(record));
    const at = content.records.findIndex((other) => recordId(other) === recordId(record));
    const records = others.toSpliced(at === -1 ? others.length : at, 0, record);
    file.replace({ ...content, records });
  };
  const findByDocument = (issuingState: string, documentNumber: string): SandboxRecord | null =>
    file
      .content()
      .records.find(({ documents }) =>
        documents.some(
          (held) => held.issuingState === issuingState && held.documentNumber === documentNumber,
        ),
      ) ?? null;
  return {
    records: () => file.content().records,
    find,
    findByDocument,
    isDown: () => file.content().down,
    setDown: (down) => file.replace({ ...file.content(), down }),
    save,
    play(id, event) {
      const record = find(id);
      if (!record) return null;
      const played = playEvent(record, event, clock.now());
      if (played.ok) save(played.record);
      return played;
    },
    corrections: () => file.content().corrections,
    takeCorrection(correction) {
      const content = file.content();
      const { requestId } = correction.request;
      const known = content.corrections.find(({ request }) => request.requestId === requestId);
      if (known) return known;
      file.replace({ ...content, corrections: [...content.corrections, correction] });
      return correction;
    },
    settleCorrection(requestId, settled, value) {
      const taken = file
        .content()
        .corrections.find(({ request }) => request.requestId === requestId);
      if (!taken) return null;
      const { issuingState, documentNumber, entry } = taken.request;
      const record = findByDocument(issuingState, documentNumber);
      const corrected = record && correctEntry(record, entry, value);
      if (settled === 'corrected') {
        if (!corrected) return null;
        save(corrected);
      }
      const now = { ...taken, state: settled };
      const content = file.content();
      const corrections = content.corrections.map((other) => (other === taken ? now : other));
      file.replace({ ...content, corrections });
      return now;
    },
    reset: () => {
      seen.clear();
      file.replace(demoContent(clock.now()));
    },
    timesSeen(key) {
      const before = seen.get(key) ?? 0;
      seen.set(key, before + 1);
      return before;
    },
  };
}
