import type { FullApp } from './app.ts';

export type JobHandler = (payload: Record<string, unknown>, app: FullApp) => Promise<void>;

/** Every background job, one line each. A job runs at least once: handlers are idempotent. */
export const jobs: Record<string, JobHandler> = {};
