import { afterAll } from 'vitest';
import { undoAll } from './at-end.ts';

/* Runs before each test file. */
afterAll(undoAll, 60_000);
