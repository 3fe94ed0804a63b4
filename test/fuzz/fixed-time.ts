/** The time at which all inputs are judged: the seeds were made then. */
export const now = new Date('2026-11-22T12:00:00Z');
