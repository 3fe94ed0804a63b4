import {
  consoleSignInChallenge,
  consoleSignOut,
  invitationChallenge,
  showConsoleSignIn,
  showInvitation,
  submitConsoleSignIn,
  submitInvitation,
} from './accounts/console-sign-in.ts';
import {
  createPasskeyOptions,
  showCreate,
  showCreateCode,
  showCreatePasskey,
  submitCreate,
  submitCreateCode,
  submitCreatePasskey,
} from './accounts/create.ts';
import {
  recoveryOptions,
  showRecover,
  showRecovery,
  submitRecover,
  submitRecovery,
} from './accounts/recover.ts';
import { showSignIn, signInChallenge, signOut, submitSignIn } from './accounts/sign-in.ts';
import type { FullApp } from './app.ts';
import { officer } from './accounts/officer-guard.ts';
import { postAppealDecision, showAppealToOfficer, showAppeals } from './admin/appeals.ts';
import { postCounter, postOwnAccount, showCounter } from './admin/counter.ts';
import {
  postFace,
  postGuardianship,
  postInspection,
  postReading,
  postReopening,
  postSample,
  postSecondDocument,
  showCaseLetter,
  showCounterSteps,
} from './admin/counter-steps.ts';
import { postAssignment, postDecision } from './admin/decide-case.ts';
import { postPeople, showPeople } from './admin/find-person.ts';
import { showCase as showCaseToOfficer, showCasePortrait } from './admin/show-case.ts';
import { postStickerAside } from './admin/set-sticker-aside.ts';
import { postSettlement, showAlerts } from './admin/show-alerts.ts';
import {
  postCorrectionAnswer,
  postCorrectionDismissal,
  postCorrectionRequest,
  showCorrection,
  showCorrectionLetter,
  showOpenCorrections,
} from './admin/show-corrections.ts';
import {
  postAdjudication,
  postAdjudicationDecision,
  showAdjudication,
  showAdjudicationPortrait,
  showHeldCases,
} from './admin/adjudicate.ts';
import { postIdState } from './admin/change-id-state.ts';
import {
  postAnchor,
  postAnchorDecision,
  postAnchorWithdrawal,
  postWithdrawalDecision,
  showAnchors,
} from './admin/anchors.ts';
import { postStayRules, postStayRulesDecision, showStayRules } from './admin/stay-rules.ts';
import { postHold, postHoldRelease, showHolds } from './admin/holds.ts';
import { postCrossReference, postCrossReferenceEnding } from './admin/cross-references.ts';
import { postMergeProposal, postSplitProposal } from './admin/propose-change.ts';
import { showPerson } from './admin/show-person.ts';
import { postProposalDecision, showProposals } from './admin/show-proposals.ts';
import { showConsole, showQueue } from './admin/show-queue.ts';
import {
  readRegistration,
  registerService,
  removeRegistration,
  replaceRegistration,
} from './agencies/dynamic-registration.ts';
import { pollEvents } from './exchange/poll-events.ts';
import {
  changeStream,
  createStream,
  removeStream,
  replaceStream,
} from './exchange/manage-stream.ts';
import { showStreams, showTransmitter } from './exchange/show-stream.ts';
import {
  changeStatus,
  showStatus as showStreamStatus,
  verifyStream,
} from './exchange/stream-status.ts';
import { showMailbox } from './dev/demo-mail.ts';
import {
  approveInSandbox,
  refuseInSandbox,
  showSandboxApprovals,
} from './dev/sandbox-sign-in/sandbox-approvals.ts';
import { showSandboxSignIn, submitSandboxSignIn } from './dev/sandbox-sign-in/sandbox-sign-in.ts';
import { submitSubjectChoice } from './oidc/acting/ask-subject.ts';
import { cancelInteraction, submitConsent, submitLevel } from './oidc/answer-interaction.ts';
import { submitApproval, submitRefusal } from './oidc/ciba/answer-approval.ts';
import { showApproval, showApprovals } from './oidc/ciba/show-approvals.ts';
import { submitNumberLookUp } from './oidc/number-look-ups/submit-look-up.ts';
import { submitAccountChoice } from './oidc/select-account.ts';
import { showSector } from './oidc/sectors.ts';
import { showResourceMetadata } from './oidc/protected-resource.ts';
import { service } from './oidc/service-guard.ts';
import { showErrorHelp } from './oidc/show-error-help.ts';
import { showIntegratorsGuide, showIntegratorsHelp } from './oidc/show-integrators-help.ts';
import { showInteraction } from './oidc/show-interaction.ts';
import { showChildren, submitChild, submitChildEnd } from './proofing/children.ts';
import { showConfirmation, submitConfirmation } from './proofing/confirm-page.ts';
import { showCounterVisit, submitCounterCode } from './proofing/counter-visit.ts';
import { showHolder, submitFaceConsent } from './proofing/holder.ts';
import { showLetter } from './proofing/letter.ts';
import { showOpenApi } from './openapi.ts';
import { listReaderFiles, putReaderFile } from './proofing/put-reader-file.ts';
import {
  startChipAuthenticationRun,
  submitChipAnswer,
} from './proofing/relay-chip-authentication.ts';
import { reader, submitReaderSession } from './proofing/reader-session.ts';
import { showCorrections, submitCorrection } from './proofing/registers/contest-entry.ts';
import { showVisa, submitVisa } from './proofing/registers/submit-visa.ts';
import {
  showRegisterCode,
  submitRegisterCode,
  submitRegisterCodeRequest,
} from './proofing/register-code.ts';
import { submitSampleConsent } from './proofing/sample-consent.ts';
import { showAppeal, submitAppeal } from './proofing/show-appeal.ts';
import { showCase, showStatus } from './proofing/show-case.ts';
import { showChip, submitHandOff } from './proofing/show-chip.ts';
import { showLink } from './proofing/show-link.ts';
import { showStart, submitStart } from './proofing/start-case.ts';
import { submitReaderSubmission } from './proofing/submit-chip.ts';
import { showDataPage, submitDataPage } from './proofing/submit-data-page.ts';
import { showPortrait, submitPortrait } from './proofing/submit-portrait.ts';
import { showWithdrawal, submitReopening, submitWithdrawal } from './proofing/withdraw-case.ts';
import { anyone, machine, subscriber, sandboxOnly } from './web/guards.ts';
import type { Guard, Handler } from './web/context.ts';
import type { Method, Route } from './web/router.ts';
import { showLive, showReady } from './web/health.ts';
import { showMetrics } from './web/metrics.ts';
import { addPasskeyOptions, showAddPasskey, submitAddPasskey } from './portal/add-passkey.ts';
import { showPasskey, submitPasskeyName, submitPasskeyRemoval } from './portal/edit-passkey.ts';
import {
  showFreeze,
  showFreezeLink,
  showFrozen,
  submitFreeze,
  submitFreezeLink,
} from './portal/freeze.ts';
import { showHome } from './portal/home.ts';
import { showLookUps } from './portal/show-look-ups.ts';
import { showServices, submitServiceWithdrawal } from './portal/show-services.ts';
import { showOwnPortrait } from './portal/show-own-portrait.ts';
import { showHelp } from './portal/show-help.ts';
import { showPasskeys, submitCancellation, submitRecoveryCode } from './portal/show-passkeys.ts';
import { showSessions, submitOtherSessionsEnd, submitSessionEnd } from './portal/show-sessions.ts';
import { showWelcome } from './portal/show-welcome.ts';

function route<A>(
  method: Method,
  path: string,
  guard: Guard<A>,
  handler: Handler<A>,
  options: Pick<Route<A>, 'uploads'> = {},
): Route<A> {
  return { method, path, guard, handler, ...options };
}

/** Decides proofing cases. */
const reviewer = officer('officer', 'supervisor');
/** Answers for the register of persons. */
const registrar = officer('registrar', 'supervisor');
/** Settles hits of lost-or-stolen and watch lists; nobody else learns of them. */
const security = officer('security_officer');
/** Answers for whom we believe about passports; always two of them. */
const trustee = officer('security_officer', 'supervisor', 'registrar');

/** Services by themselves, with a token for our own API. */
const manager = service('ssf.manage');
const listener = service('ssf.manage', 'ssf.read');

/** Every route of ours. The provider's own endpoints are mounted after them (src/oidc). */
export const routes: readonly Route<FullApp>[] = [
  // for machines
  route<FullApp>('GET', '/health/live', machine, showLive),
  route<FullApp>('GET', '/health/ready', machine, showReady),
  route<FullApp>('GET', '/metrics', machine, showMetrics),
  route<FullApp>('GET', '/openapi.json', machine, showOpenApi),
  route<FullApp>(
    'GET',
    '/.well-known/oauth-protected-resource/*path',
    machine,
    showResourceMetadata,
  ),
  route<FullApp>('GET', '/sectors/:agency', machine, showSector),

  // accounts: create, sign in, recover
  route<FullApp>('GET', '/create', anyone, showCreate),
  route<FullApp>('POST', '/create', anyone, submitCreate),
  route<FullApp>('GET', '/create/code', anyone, showCreateCode),
  route<FullApp>('POST', '/create/code', anyone, submitCreateCode),
  route<FullApp>('GET', '/create/passkey', anyone, showCreatePasskey),
  route<FullApp>('POST', '/create/passkey/options', anyone, createPasskeyOptions),
  route<FullApp>('POST', '/create/passkey', anyone, submitCreatePasskey),
  route<FullApp>('GET', '/sign-in', anyone, showSignIn),
  route<FullApp>('POST', '/sign-in/options', anyone, signInChallenge),
  route<FullApp>('POST', '/sign-in', anyone, submitSignIn),
  route<FullApp>('POST', '/sign-out', anyone, signOut),
  route<FullApp>('GET', '/recover', anyone, showRecover),
  route<FullApp>('POST', '/recover', anyone, submitRecover),
  route<FullApp>('GET', '/recover/:token', anyone, showRecovery),
  route<FullApp>('POST', '/recover/:token/options', anyone, recoveryOptions),
  route<FullApp>('POST', '/recover/:token', anyone, submitRecovery),

  // portal: the foreigner's own pages
  route<FullApp>('GET', '/', anyone, showWelcome),
  route<FullApp>('GET', '/home', subscriber, showHome),
  route<FullApp>('GET', '/home/portrait', subscriber, showOwnPortrait),
  route<FullApp>('GET', '/passkeys', subscriber, showPasskeys),
  route<FullApp>('POST', '/passkeys/recovery-code', subscriber, submitRecoveryCode),
  route<FullApp>('GET', '/passkeys/new', subscriber, showAddPasskey),
  route<FullApp>('POST', '/passkeys/new/options', subscriber, addPasskeyOptions),
  route<FullApp>('POST', '/passkeys/new', subscriber, submitAddPasskey),
  route<FullApp>('GET', '/passkeys/:id', subscriber, showPasskey),
  route<FullApp>('POST', '/passkeys/:id/name', subscriber, submitPasskeyName),
  route<FullApp>('POST', '/passkeys/:id/removal', subscriber, submitPasskeyRemoval),
  route<FullApp>('POST', '/account-changes/:id/cancellation', subscriber, submitCancellation),
  route<FullApp>('GET', '/services', subscriber, showServices),
  route<FullApp>('POST', '/services/:id/withdrawal', subscriber, submitServiceWithdrawal),
  route<FullApp>('GET', '/look-ups', subscriber, showLookUps),
  route<FullApp>('GET', '/sessions', subscriber, showSessions),
  route<FullApp>('POST', '/sessions/others/end', subscriber, submitOtherSessionsEnd),
  route<FullApp>('POST', '/sessions/:id/end', subscriber, submitSessionEnd),
  route<FullApp>('GET', '/freeze', subscriber, showFreeze),
  route<FullApp>('POST', '/freeze', subscriber, submitFreeze),
  route<FullApp>('GET', '/freeze/:token', anyone, showFreezeLink),
  route<FullApp>('POST', '/freeze/:token', anyone, submitFreezeLink),
  route<FullApp>('GET', '/frozen', anyone, showFrozen),
  route<FullApp>('GET', '/help', anyone, showHelp),

  // proofing: the applicant's pages
  route<FullApp>('GET', '/proofing', subscriber, showStart),
  route<FullApp>('GET', '/proofing/counter', subscriber, showCounterVisit),
  route<FullApp>('POST', '/proofing/counter-codes', subscriber, submitCounterCode),
  route<FullApp>('GET', '/children', subscriber, showChildren),
  route<FullApp>('POST', '/children', subscriber, submitChild),
  route<FullApp>('POST', '/children/:id/end', subscriber, submitChildEnd),
  route<FullApp>('POST', '/cases', subscriber, submitStart),
  route<FullApp>('GET', '/cases/:id', subscriber, showCase),
  route<FullApp>('GET', '/cases/:id/status', subscriber, showStatus),
  route<FullApp>('GET', '/cases/:id/chip', subscriber, showChip),
  route<FullApp>('POST', '/cases/:id/hand-offs', subscriber, submitHandOff),
  route<FullApp>('GET', '/cases/:id/portrait', subscriber, showPortrait),
  route<FullApp>('POST', '/cases/:id/portraits', subscriber, submitPortrait, { uploads: true }),
  route<FullApp>('POST', '/cases/:id/reopenings', subscriber, submitReopening),
  route<FullApp>('GET', '/cases/:id/page', subscriber, showDataPage),
  route<FullApp>('POST', '/cases/:id/pages', subscriber, submitDataPage, { uploads: true }),
  route<FullApp>('GET', '/cases/:id/confirmation', subscriber, showConfirmation),
  route<FullApp>('POST', '/cases/:id/confirmation', subscriber, submitConfirmation),
  route<FullApp>('GET', '/cases/:id/holder', subscriber, showHolder),
  route<FullApp>('POST', '/cases/:id/face-consent', subscriber, submitFaceConsent),
  route<FullApp>('GET', '/cases/:id/register-code', subscriber, showRegisterCode),
  route<FullApp>('POST', '/cases/:id/register-codes', subscriber, submitRegisterCodeRequest),
  route<FullApp>('POST', '/cases/:id/register-code', subscriber, submitRegisterCode),
  route<FullApp>('POST', '/cases/:id/sample-consent', subscriber, submitSampleConsent),
  route<FullApp>('GET', '/cases/:id/letter', subscriber, showLetter),
  route<FullApp>('GET', '/cases/:id/appeal', subscriber, showAppeal),
  route<FullApp>('POST', '/cases/:id/appeal', subscriber, submitAppeal),
  route<FullApp>('GET', '/cases/:id/visa', subscriber, showVisa),
  route<FullApp>('POST', '/cases/:id/visa', subscriber, submitVisa, { uploads: true }),
  route<FullApp>('GET', '/cases/:id/corrections', subscriber, showCorrections),
  route<FullApp>('POST', '/cases/:id/corrections', subscriber, submitCorrection),
  route<FullApp>('GET', '/cases/:id/withdrawal', subscriber, showWithdrawal),
  route<FullApp>('POST', '/cases/:id/withdrawal', subscriber, submitWithdrawal),

  // proofing: the phone that reads the chip (docs/reader-protocol.md)
  route<FullApp>('GET', '/h/:token', anyone, showLink),
  route<FullApp>('POST', '/api/reader/sessions', machine, submitReaderSession),
  route<FullApp>('GET', '/api/reader/files', reader, listReaderFiles),
  route<FullApp>('PUT', '/api/reader/files/:name', reader, putReaderFile),
  route<FullApp>('POST', '/api/reader/chip-authentication', reader, startChipAuthenticationRun),
  route<FullApp>('POST', '/api/reader/chip-authentication/answers', reader, submitChipAnswer),
  route<FullApp>('POST', '/api/reader/submission', reader, submitReaderSubmission),

  // agencies: services registered by program (RFC 7591, RFC 7592)
  route<FullApp>('POST', '/oidc/registration', machine, registerService),
  route<FullApp>('GET', '/oidc/registration/:id', machine, readRegistration),
  route<FullApp>('PUT', '/oidc/registration/:id', machine, replaceRegistration),
  route<FullApp>('DELETE', '/oidc/registration/:id', machine, removeRegistration),

  // oidc: services ask about a number, by an agreement (docs/foreign-id.md)
  route<FullApp>('POST', '/api/numbers/look-ups', machine, submitNumberLookUp),

  // exchange: security events for services (OpenID Shared Signals Framework 1.0, docs/events.md)
  route<FullApp>('GET', '/.well-known/ssf-configuration', machine, showTransmitter),
  route<FullApp>('POST', '/ssf/streams', manager, createStream),
  route<FullApp>('GET', '/ssf/streams', listener, showStreams),
  route<FullApp>('PATCH', '/ssf/streams', manager, changeStream),
  route<FullApp>('PUT', '/ssf/streams', manager, replaceStream),
  route<FullApp>('DELETE', '/ssf/streams', manager, removeStream),
  route<FullApp>('GET', '/ssf/status', listener, showStreamStatus),
  route<FullApp>('POST', '/ssf/status', manager, changeStatus),
  route<FullApp>('POST', '/ssf/verification', manager, verifyStream),
  route<FullApp>('POST', '/ssf/streams/:id/events', listener, pollEvents),

  // oidc: what a sign-in at a service asks the person
  route<FullApp>('GET', '/interaction/:uid', anyone, showInteraction),
  route<FullApp>('POST', '/interaction/:uid/account', anyone, submitAccountChoice),
  route<FullApp>('GET', '/help/errors', anyone, showErrorHelp),
  route<FullApp>('GET', '/help/integrators', anyone, showIntegratorsHelp),
  route<FullApp>('GET', '/help/integrators/guide', anyone, showIntegratorsGuide),
  route<FullApp>('POST', '/interaction/:uid/consent', anyone, submitConsent),
  route<FullApp>('POST', '/interaction/:uid/subject', anyone, submitSubjectChoice),
  route<FullApp>('POST', '/interaction/:uid/level', anyone, submitLevel),
  route<FullApp>('POST', '/interaction/:uid/cancellation', anyone, cancelInteraction),

  // oidc: what services ask a person to approve from elsewhere (CIBA)
  route<FullApp>('GET', '/approvals', subscriber, showApprovals),
  route<FullApp>('GET', '/approvals/:id', subscriber, showApproval),
  route<FullApp>('POST', '/approvals/:id/approval', subscriber, submitApproval),
  route<FullApp>('POST', '/approvals/:id/refusal', subscriber, submitRefusal),

  // console: officers sign in
  route<FullApp>('GET', '/console/sign-in', anyone, showConsoleSignIn),
  route<FullApp>('POST', '/console/sign-in/options', anyone, consoleSignInChallenge),
  route<FullApp>('POST', '/console/sign-in', anyone, submitConsoleSignIn),
  route<FullApp>('POST', '/console/sign-out', anyone, consoleSignOut),
  route<FullApp>('GET', '/console/invitations/:token', anyone, showInvitation),
  route<FullApp>('POST', '/console/invitations/:token/options', anyone, invitationChallenge),
  route<FullApp>('POST', '/console/invitations/:token', anyone, submitInvitation),

  // console: cases and people
  route<FullApp>('GET', '/console', officer(), showConsole),
  route<FullApp>('GET', '/console/cases', reviewer, showQueue),
  route<FullApp>('GET', '/console/cases/:id', reviewer, showCaseToOfficer),
  route<FullApp>('GET', '/console/cases/:id/portraits/:which', reviewer, showCasePortrait),
  route<FullApp>('POST', '/console/cases/:id/decision', reviewer, postDecision),
  route<FullApp>('POST', '/console/cases/:id/assignment', reviewer, postAssignment),
  route<FullApp>('GET', '/console/counter', reviewer, showCounter),
  route<FullApp>('POST', '/console/counter', reviewer, postCounter),
  route<FullApp>('POST', '/console/own-account', reviewer, postOwnAccount),
  route<FullApp>('GET', '/console/cases/:id/counter', reviewer, showCounterSteps),
  route<FullApp>('POST', '/console/cases/:id/readings', reviewer, postReading),
  route<FullApp>('POST', '/console/cases/:id/document', reviewer, postInspection, {
    uploads: true,
  }),
  route<FullApp>('POST', '/console/cases/:id/second-document', reviewer, postSecondDocument),
  route<FullApp>('POST', '/console/cases/:id/face', reviewer, postFace),
  route<FullApp>('POST', '/console/cases/:id/sample', reviewer, postSample, { uploads: true }),
  route<FullApp>('POST', '/console/cases/:id/reopenings', reviewer, postReopening),
  route<FullApp>('POST', '/console/cases/:id/guardianship', reviewer, postGuardianship),
  route<FullApp>('GET', '/console/cases/:id/letter', reviewer, showCaseLetter),
  route<FullApp>('GET', '/console/appeals', reviewer, showAppeals),
  route<FullApp>('GET', '/console/appeals/:id', reviewer, showAppealToOfficer),
  route<FullApp>('POST', '/console/appeals/:id/decision', reviewer, postAppealDecision),
  route<FullApp>('POST', '/console/cases/:id/stickers', reviewer, postStickerAside),
  route<FullApp>('GET', '/console/corrections', reviewer, showOpenCorrections),
  route<FullApp>('GET', '/console/corrections/:id', reviewer, showCorrection),
  route<FullApp>('GET', '/console/corrections/:id/letter', reviewer, showCorrectionLetter),
  route<FullApp>('POST', '/console/corrections/:id/request', reviewer, postCorrectionRequest),
  route<FullApp>('POST', '/console/corrections/:id/answer', reviewer, postCorrectionAnswer),
  route<FullApp>('POST', '/console/corrections/:id/dismissal', reviewer, postCorrectionDismissal),
  route<FullApp>('GET', '/console/alerts', security, showAlerts),
  route<FullApp>('POST', '/console/alerts/:id/settlement', security, postSettlement),
  route<FullApp>('GET', '/console/people', registrar, showPeople),
  route<FullApp>('POST', '/console/people', registrar, postPeople),
  route<FullApp>('GET', '/console/people/:id', registrar, showPerson),
  route<FullApp>('POST', '/console/people/:id/id-state', registrar, postIdState),
  route<FullApp>('POST', '/console/people/:id/merge-proposals', registrar, postMergeProposal),
  route<FullApp>('POST', '/console/people/:id/split-proposals', registrar, postSplitProposal),
  route<FullApp>('POST', '/console/people/:id/cross-references', registrar, postCrossReference),
  route<FullApp>(
    'POST',
    '/console/people/:id/cross-references/:reference/ending',
    registrar,
    postCrossReferenceEnding,
  ),
  route<FullApp>('GET', '/console/adjudications', registrar, showHeldCases),
  route<FullApp>('GET', '/console/cases/:id/adjudication', registrar, showAdjudication),
  route<FullApp>(
    'GET',
    '/console/cases/:id/adjudication/portraits/:which',
    registrar,
    showAdjudicationPortrait,
  ),
  route<FullApp>('POST', '/console/cases/:id/adjudications', registrar, postAdjudication),
  route<FullApp>(
    'POST',
    '/console/adjudications/:id/decision',
    registrar,
    postAdjudicationDecision,
  ),
  route<FullApp>('GET', '/console/proposals', registrar, showProposals),
  route<FullApp>('POST', '/console/proposals/:id/decision', registrar, postProposalDecision),
  route<FullApp>('GET', '/console/holds', registrar, showHolds),
  route<FullApp>('POST', '/console/holds', registrar, postHold),
  route<FullApp>('POST', '/console/holds/:id/release', registrar, postHoldRelease),
  route<FullApp>('GET', '/console/stay-rules', registrar, showStayRules),
  route<FullApp>('POST', '/console/stay-rules/proposals', registrar, postStayRules, {
    uploads: true,
  }),
  route<FullApp>(
    'POST',
    '/console/stay-rules/proposals/:id/decision',
    registrar,
    postStayRulesDecision,
  ),
  route<FullApp>('GET', '/console/anchors', trustee, showAnchors),
  route<FullApp>('POST', '/console/anchors', trustee, postAnchor, { uploads: true }),
  route<FullApp>('POST', '/console/anchors/:id/decision', trustee, postAnchorDecision),
  route<FullApp>('POST', '/console/anchor-withdrawals', trustee, postAnchorWithdrawal),
  route<FullApp>(
    'POST',
    '/console/anchor-withdrawals/:id/decision',
    trustee,
    postWithdrawalDecision,
  ),

  // sandbox only
  route<FullApp>('GET', '/dev/mail', sandboxOnly, showMailbox),
  route<FullApp>('GET', '/dev/sign-in', sandboxOnly, showSandboxSignIn),
  route<FullApp>('POST', '/dev/sign-in', sandboxOnly, submitSandboxSignIn),
  route<FullApp>('GET', '/dev/approvals', sandboxOnly, showSandboxApprovals),
  route<FullApp>('POST', '/dev/approvals/:id/approval', sandboxOnly, approveInSandbox),
  route<FullApp>('POST', '/dev/approvals/:id/refusal', sandboxOnly, refuseInSandbox),
];
