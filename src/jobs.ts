import { applyAccountChange } from './accounts/apply-account-change.ts';
import { removeRegistration } from './accounts/registration.ts';
import { sendMessage } from './accounts/send-message.ts';
import { tellProofWithdrawn } from './accounts/tell-proof-withdrawn.ts';
import type { FullApp } from './app.ts';
import { noteDormancyOf } from './accounts/note-dormancy.ts';
import { notifyHolder } from './accounts/notify-holder.ts';
import { addressCredentialChange, addressSessionEnd } from './exchange/address-account-event.ts';
import { addressStatusEvent } from './exchange/address-status-event.ts';
import { deliverEvents } from './exchange/deliver-events.ts';
import { sweepEvents } from './exchange/sweep-events.ts';
import { recordKeySteps } from './oidc/signing-keys/record-steps.ts';
import { admitApproval } from './oidc/ciba/admit-approval.ts';
import { pingService } from './oidc/ciba/ping-service.ts';
import { removeExpired } from './oidc/remove-expired.ts';
import { tellServiceSignedOut, tellSessionEnded } from './oidc/sign-out-notices/tell-services.ts';
import { askRegister } from './proofing/ask-register.ts';
import { compareFaces } from './proofing/compare-faces.ts';
import { expireCase, remindCase } from './proofing/expire-case.ts';
import { judgeCase } from './proofing/judge-case.ts';
import { followCorrection } from './proofing/registers/request-correction.ts';
import { recheckWatchLists } from './proofing/registers/recheck-watch-lists.ts';
import { refreshStays } from './proofing/reminders/refresh-stays.ts';
import { planReminders, remindHolders } from './proofing/reminders/remind-holders.ts';
import { allKeepers } from './proofing/retention/keepers.ts';
import { purgeRecords } from './proofing/retention/purge.ts';
import { keptDemoMail } from './dev/kept-records.ts';
import { keptStatusEvents } from './exchange/kept-records.ts';
import { applyProposal } from './registry/decide-proposal.ts';
import { lapseProvisionalId } from './registry/dormancy.ts';
import { recordAnchorCompromise } from './registry/record-anchor-compromise.ts';
import { noticeRevokedSigners } from './registry/notice-revoked-signers.ts';
import { keepProofSigners } from './proofing/keep-signers.ts';

export type JobHandler = (payload: Record<string, unknown>, app: FullApp) => Promise<void>;

/** Who removes what of the retention table. */
export const keepers = allKeepers({ status_events: keptStatusEvents, demo_mail: keptDemoMail });

/** Every background job, one line each. A job runs at least once: handlers are idempotent. */
export const jobs: Record<string, JobHandler> = {
  apply_account_change: applyAccountChange,
  send_message: sendMessage,
  ask_register: askRegister,
  compare_faces: compareFaces,
  expire_case: expireCase,
  remind_case: remindCase,
  judge_case: judgeCase,
  follow_correction: followCorrection,
  remove_registration: removeRegistration,
  remove_expired_oidc: removeExpired,
  tell_session_ended: tellSessionEnded,
  tell_service_signed_out: tellServiceSignedOut,
  admit_approval: admitApproval,
  ping_service: pingService,
  record_key_steps: recordKeySteps,
  record_anchor_compromise: recordAnchorCompromise,
  notice_revoked_signers: noticeRevokedSigners,
  keep_proof_signers: keepProofSigners,
  apply_registry_proposal: applyProposal,
  lapse_provisional_id: lapseProvisionalId,
  note_dormancy: noteDormancyOf,
  notify_holder: notifyHolder,
  status_event: addressStatusEvent,
  address_session_end: addressSessionEnd,
  address_credential_change: addressCredentialChange,
  deliver_events: deliverEvents,
  sweep_events: sweepEvents,
  tell_proof_withdrawn: tellProofWithdrawn,
  plan_reminders: planReminders,
  remind_holders: remindHolders,
  refresh_stays: refreshStays,
  recheck_watch_lists: recheckWatchLists,
  purge_records: (_payload, app) => purgeRecords(app, keepers),
};

/** What runs by the clock, as crontab lines in UTC: once over all nodes, and made up for after a stop. */
export const schedule = `
  20 18 * * * purge_records ?fill=1d&jobKey=purge_records
  10 1 * * * plan_reminders ?fill=1d&jobKey=plan_reminders
  50 0 * * * keep_proof_signers ?fill=1d&jobKey=keep_proof_signers
  40 * * * * refresh_stays ?jobKey=refresh_stays
  50 * * * * recheck_watch_lists ?jobKey=recheck_watch_lists
  25 * * * * sweep_events ?jobKey=sweep_events
`;
