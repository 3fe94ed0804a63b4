import { appendAudit } from '../../audit/append.ts';
import type { App } from '../../lib/app.ts';
import { digestToken } from '../../lib/blind-index.ts';
import { addSeconds } from '../../lib/clock.ts';
import { transact } from '../../lib/database.ts';
import type { Tx } from '../../lib/database.ts';
import { enqueue } from '../../lib/outbox.ts';
import type { Session } from '../../web/sessions.ts';
import { taggedOf } from '../claims.ts';
import { giveConsent } from '../consents.ts';
import type { Wanted } from '../consents.ts';
import { answerApprovalRow, insertApprovedGrant } from '../store/backchannel-store.ts';
import type { ApprovalAnswer } from '../store/backchannel-store.ts';
import { createPayloadSeal } from '../store/payload-seal.ts';
import { PLACES } from '../store/request-scope.ts';
import { sealPayload } from './approval.ts';
import type { Approval } from './approval.ts';

/** What a refusal tells the service; a report looks like a refusal to it. */
const ERRORS: Readonly<Record<Exclude<ApprovalAnswer, 'approved'>, [string, string]>> = {
  refused: ['access_denied', 'the person refused'],
  reported: ['access_denied', 'the person refused'],
  out_of_reach: [
    'unmet_authentication_requirements',
    'the requested or registered acr is out of reach for this person and sign-in',
  ],
};

/** Records that the person refused or reported, once; false where the request was over. The service is pinged. */
export async function recordRefusal(
  app: App,
  given: { approval: Approval; answer: Exclude<ApprovalAnswer, 'approved'>; web: Session },
): Promise<boolean> {
  const { approval, answer, web } = given;
  const [error, errorDescription] = ERRORS[answer];
  const payload = { ...approval.payload, error, errorDescription };
  return transact(app.db, async (tx) => {
    const recorded = await answerApprovalRow(tx, {
      id: approval.row.id,
      answer,
      payload: sealPayload(app, approval.row, payload),
      approval: null,
      now: app.clock.now(),
    });
    if (recorded) await follow(tx, app, { approval, answer, web });
    return recorded;
  });
}

/**
 * Records an approval, once; false where the request was over. Consent, a grant of this approval alone, and the
 * library's session that binds its tokens to the browser session that approved commit with it.
 */
export async function recordApproval(
  app: App,
  given: { approval: Approval; web: Session; wanted: Wanted },
): Promise<boolean> {
  const { approval, web, wanted } = given;
  const { row, payload } = approval;
  const now = app.clock.now();
  const grantId = app.random.token();
  const sessionUid = app.random.token();
  const sid = app.random.token(16);
  const approved = {
    ...payload,
    ...(approval.service.protocol.backchannel_logout_session_required ? { sid } : {}),
    grantId,
    sessionUid,
    expiresWithSession: true,
    authTime: seconds(web.authTime),
    amr: web.amr,
  };
  return transact(app.db, async (tx) => {
    const recorded = await answerApprovalRow(tx, {
      id: row.id,
      answer: 'approved',
      payload: sealPayload(app, row, approved),
      approval: { grantId, aal: web.aal },
      now,
    });
    if (!recorded) return false;
    await giveConsent(tx, app, {
      accountId: web.accountId,
      serviceId: row.serviceId,
      ...wanted,
    });
    await insertApprovedGrant(
      tx,
      grantOf(app, { approval, web, wanted, grantId, sessionUid, sid }),
    );
    await follow(tx, app, { approval, answer: 'approved', web });
    return true;
  });
}

function grantOf(
  app: App,
  given: {
    approval: Approval;
    web: Session;
    wanted: Wanted;
    grantId: string;
    sessionUid: string;
    /** By which the service is told when that session ends (Back-Channel Logout 1.0). */
    sid: string;
  },
) {
  const { approval, web, wanted, grantId, sessionUid, sid } = given;
  const { serviceId } = approval.row;
  const now = app.clock.now();
  // As long as any token that may come of it.
  const expiresAt = addSeconds(now, app.config.SESSION_SECONDS + app.config.REFRESH_TOKEN_SECONDS);
  const times = { iat: seconds(now), exp: seconds(expiresAt) };
  const { accountId } = web;
  return {
    grantId,
    grantPayload: {
      ...times,
      kind: 'Grant',
      accountId,
      clientId: serviceId,
      openid: {
        scope: wanted.scopes.join(' '),
        claims: [...wanted.claims, ...taggedOf(wanted.claims)],
      },
    },
    sessionUid,
    // No browser has this one as a cookie.
    sessionDigest: digestToken(app.keys.tokenDigestKey, app.random.token()),
    sessionPayload: createPayloadSeal(app).seal(PLACES.session(sessionUid), {
      ...times,
      kind: 'Session',
      uid: sessionUid,
      accountId,
      loginTs: seconds(web.authTime),
      amr: web.amr,
      authorizations: { [serviceId]: { grantId, sid } },
    }),
    accountId,
    serviceId,
    webSessionId: web.id,
    expiresAt,
  };
}

/** What every answer brings along: its audit row, and the ping that it is there. */
async function follow(
  tx: Tx,
  app: App,
  given: { approval: Approval; answer: ApprovalAnswer; web: Session },
): Promise<void> {
  const { approval, answer, web } = given;
  const { id, serviceId } = approval.row;
  await appendAudit(tx, app, {
    action: 'oidc.approval_answered',
    actor: { kind: 'account', id: web.accountId },
    subject: { kind: 'service', id: serviceId },
    details: { approvalId: id, service: serviceId, answer, aal: web.aal },
  });
  if (approval.service.protocol.backchannel_token_delivery_mode === 'ping')
    await enqueue(tx, 'ping_service', { approvalId: id }, { maxAttempts: 8 });
}

const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
