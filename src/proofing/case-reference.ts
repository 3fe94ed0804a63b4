import type { CaseId } from '../lib/ids.ts';

/** The short name of a case that people read to each other: the random end of its id. It finds nothing by itself. */
export function caseReference(id: CaseId): string {
  const end = id.replaceAll('-', '').slice(-8).toUpperCase();
  return `${end.slice(0, 4)}-${end.slice(4)}`;
}
