import { setTimeout as wait } from 'node:timers/promises';
import type { CryptoKey, JWK } from 'jose';
import type { Clock } from '../lib/clock.ts';
import { callOutbound } from '../lib/outbound-http.ts';
import type { OutboundFailure, OutboundRequest } from '../lib/outbound-http.ts';
import type { Random } from '../lib/random.ts';
import { admitCall, callEnded, closedBreaker } from './circuit-breaker.ts';
import type { Breaker, BreakerPolicy } from './circuit-breaker.ts';
import { readSignedAnswer } from './read-signed-answer.ts';
import type { ReadAnswer } from './read-signed-answer.ts';
import { ANSWER_MEDIA_TYPE } from './register-envelope.ts';
import type { RegisterKeys } from './register-keys.ts';
import type {
  CorrectionPort,
  RegisterPort,
  Unavailable,
  UnavailableReason,
  WatchPort,
} from './register-port.ts';
import { importSigningKey, signQuestion } from './sign-question.ts';
import type { QuestionSigner, SignedQuestion } from './sign-question.ts';
import { correctionContract, registerContract, watchContract } from './signed-contract.ts';
import type { SignedContract } from './signed-contract.ts';

export interface HttpRegisterSettings {
  /** The address below which `/v1/questions` answers: `REGISTER_URL`, or `url` of a register in REGISTERS_FILE. */
  url: string;
  /** The register's name for itself; its address unless it says otherwise. */
  registerIssuer: string;
  /** Our name at the register. */
  clientId: string;
  /** Our private ES256 key with its `kid` (`app.keys.registerClientJwk`). */
  signingJwk: JWK;
  /** Its public keys: `pinnedKeys` or, in the sandbox, `fetchedKeys`. */
  registerKeys: RegisterKeys;
  allowPlainHttp: boolean;
  /** Mutual TLS: our certificate and key, and the authority of the register's (PEM). */
  tls?: OutboundRequest['tls'];
  limits?: Partial<RegisterLimits>;
}

export interface RegisterLimits {
  attemptTimeoutMs: number;
  maxAttempts: number;
  /** The longest pause before the second try; doubles with each further one. The pause is random below it (full jitter). */
  retryPauseMaxMs: number;
  maxAnswerBytes: number;
  breaker: BreakerPolicy;
}

/** One question takes at most 3 × 3 s and two pauses, about 10 s. */
export const defaultRegisterLimits: RegisterLimits = {
  attemptTimeoutMs: 3000,
  maxAttempts: 3,
  retryPauseMaxMs: 300,
  maxAnswerBytes: 64 * 1024,
  breaker: { failuresToOpen: 5, openSeconds: 10 },
};

/** What one attempt came to, for metrics and the log: no personal data in it. */
export interface RegisterAttempt {
  requestId: string;
  attempt: number;
  /** The kind of the answer, or why there is none. */
  outcome: string;
  answered: boolean;
  durationMs: number;
}

/** For readiness and metrics. */
export interface Guarded {
  breakerKind(): Breaker['kind'];
}
export type HttpRegister = RegisterPort & Guarded;

interface Source {
  clock: Clock;
  random: Random;
  report?: (attempt: RegisterAttempt) => void;
}

/** A register of persons over HTTP (docs/immigration-register.md). */
export function createHttpRegister(settings: HttpRegisterSettings, source: Source): HttpRegister {
  const channel = createSignedChannel(settings, source);
  return {
    breakerKind: () => channel.breakerKind(),
    ask: (question) => channel.exchange(registerContract, question),
  };
}

/** A lost-or-stolen or watch list over HTTP: the same channel, other answers. */
export function createHttpWatch(
  settings: HttpRegisterSettings,
  source: Source,
): WatchPort & Guarded {
  const channel = createSignedChannel(settings, source);
  return {
    breakerKind: () => channel.breakerKind(),
    ask: (question) => channel.exchange(watchContract, question),
  };
}

/** The part of a register that takes requests to correct its entries. */
export function createHttpCorrections(
  settings: HttpRegisterSettings,
  source: Source,
): CorrectionPort {
  const channel = createSignedChannel(settings, source);
  return { request: (correction) => channel.exchange(correctionContract, correction) };
}

export interface SignedChannel extends Guarded {
  exchange<Asked extends { requestId: string }, Said extends { kind: string }>(
    contract: SignedContract<Asked, Said>,
    asked: Asked,
  ): Promise<Said | Unavailable>;
}

/**
 * Signed questions, signed answers bound to them. Transport failures are tried again and counted by the breaker; an
 * answer that is wrong is neither: asking again gives a tamperer another try, and one broken record must not silence the
 * register for everybody.
 */
export function createSignedChannel(settings: HttpRegisterSettings, source: Source): SignedChannel {
  const limits = { ...defaultRegisterLimits, ...settings.limits };
  const { clock, random } = source;
  let breaker: Breaker = closedBreaker;
  let signer: Promise<QuestionSigner> | null = null;

  async function attempt<Asked extends { requestId: string }, Said extends { kind: string }>(
    contract: SignedContract<Asked, Said>,
    asked: Asked,
    number: number,
  ): Promise<ReadAnswer<Said>> {
    const admitted = admitCall(breaker, clock.now(), limits.breaker);
    breaker = admitted.breaker;
    if (!admitted.allowed) return { ok: false, reason: 'breaker_open' };
    const startedAt = performance.now();
    signer ??= makeSigner(settings);
    const { requestId } = asked;
    const signed = await signQuestion({ requestId, ...contract.body(asked) }, await signer, source);
    const read = await deliver(contract, asked, signed, { settings, limits, clock });
    const failed = !read.ok && TRANSPORT.has(read.reason);
    breaker = callEnded(breaker, failed ? 'failure' : 'success', clock.now(), limits.breaker);
    source.report?.({
      requestId,
      attempt: number,
      outcome: read.ok ? read.statement.kind : read.reason,
      answered: read.ok,
      durationMs: Math.round(performance.now() - startedAt),
    });
    return read;
  }

  return {
    breakerKind: () => breaker.kind,
    async exchange(contract, asked) {
      for (let number = 1; ; number += 1) {
        const read = await attempt(contract, asked, number);
        if (read.ok) return read.statement;
        const { reason } = read;
        const tries = reason === 'breaker_open' ? number - 1 : number;
        if (!TRANSPORT.has(reason) || number >= limits.maxAttempts)
          return { kind: 'unavailable', reason, attempts: tries };
        await wait(random.integer(limits.retryPauseMaxMs * 2 ** (number - 1) + 1));
      }
    },
  };
}

/** Nobody answered, or not whole: worth another try. */
const TRANSPORT: ReadonlySet<UnavailableReason> = new Set<UnavailableReason>([
  'timeout',
  'connection',
  'http',
  'keys',
]);

async function makeSigner(settings: HttpRegisterSettings): Promise<QuestionSigner> {
  const key: CryptoKey | Uint8Array = await importSigningKey(settings.signingJwk);
  const { clientId, registerIssuer } = settings;
  return { clientId, registerIssuer, key, keyId: settings.signingJwk.kid ?? '' };
}

async function deliver<Asked extends { requestId: string }, Said extends { kind: string }>(
  contract: SignedContract<Asked, Said>,
  question: Asked,
  signed: SignedQuestion,
  given: { settings: HttpRegisterSettings; limits: RegisterLimits; clock: Clock },
): Promise<ReadAnswer<Said>> {
  const { settings, limits, clock } = given;
  const answer = await callOutbound({
    url: settings.url.replace(/\/$/, '') + contract.path,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${signed.assertion}`,
    },
    body: signed.body,
    totalTimeoutMs: limits.attemptTimeoutMs,
    maxResponseBytes: limits.maxAnswerBytes,
    acceptTypes: [ANSWER_MEDIA_TYPE],
    // The address is our own configuration, and a register is usually reached over a private network.
    allowPrivate: true,
    allowPlainHttp: settings.allowPlainHttp,
    ...(settings.tls ? { tls: settings.tls } : {}),
  });
  if (!answer.ok) return { ok: false, reason: reasonOf(answer.reason) };
  if (answer.status !== 200) return { ok: false, reason: reasonOfStatus(answer.status) };
  return readSignedAnswer(answer.body.toString('latin1'), {
    contract,
    registerIssuer: settings.registerIssuer,
    clientId: settings.clientId,
    question,
    binding: signed.binding,
    keys: settings.registerKeys,
    now: clock.now(),
  });
}

function reasonOf(failure: OutboundFailure): UnavailableReason {
  switch (failure) {
    case 'timeout':
    case 'too_large':
    case 'redirect':
    case 'content_type':
      return failure;
    default:
      return 'connection';
  }
}

/** 4xx means that the register understood and will not answer us: the same again would meet the same. */
function reasonOfStatus(status: number): UnavailableReason {
  return status >= 400 && status < 500 && status !== 408 && status !== 429 ? 'refused' : 'http';
}
