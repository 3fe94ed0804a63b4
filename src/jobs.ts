import { removeRegistration } from './accounts/registration.ts';
import { sendMessage } from './accounts/send-message.ts';
import type { FullApp } from './app.ts';

export type JobHandler = (payload: Record<string, unknown>, app: FullApp) => Promise<void>;

/** Every background job, one line each. A job runs at least once: handlers are idempotent. */
export const jobs: Record<string, JobHandler> = {
  send_message: sendMessage,
  remove_registration: removeRegistration,
};
