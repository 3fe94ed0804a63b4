import { recordKeeper } from '../lib/old-records.ts';

/** Answers that are kept to be shown with their age. */
export const keptAnswers = recordKeeper({
  table: 'register_answers',
  since: 'r.answered_at',
  id: 'r.id',
  remove: 'row',
});
