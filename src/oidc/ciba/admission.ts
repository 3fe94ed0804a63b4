import { addSeconds } from '../../lib/clock.ts';
import type { ApprovalAnswer } from '../store/backchannel-store.ts';

/** A request that was shown to the person before. */
export interface ShownBefore {
  serviceId: string;
  admittedAt: Date;
  answer: ApprovalAnswer | null;
  expiresAt: Date;
}

/** Requests that wait at once for one person. */
const OPEN = 3;
/** Within an hour so many that the person did not approve: from one service, and from all. */
const UNWANTED_HOUR = { ofService: 3, ofAll: 10 };
const HOUR_SECONDS = 3600;
/** After a refusal the same service is quiet for so long. */
const COOLING_SECONDS = 900;

/**
 * Whether a person is shown one more request: no service, and no lot of them, wears anybody down until they touch
 * (prompt bombing). `before` holds what was shown within a day; a service that the person reported is quiet for all of it. What is
 * not shown looks to the service like a person who does not answer.
 */
export function mayBeShown(
  before: readonly ShownBefore[],
  asked: { serviceId: string; now: Date },
): boolean {
  const { serviceId, now } = asked;
  const since = (seconds: number) => (one: ShownBefore) =>
    one.admittedAt > addSeconds(now, -seconds);
  const ofService = before.filter((one) => one.serviceId === serviceId);
  const open = before.filter(({ answer, expiresAt }) => answer === null && expiresAt > now);
  const unwanted = (list: readonly ShownBefore[]) =>
    list.filter(since(HOUR_SECONDS)).filter(({ answer }) => answer !== 'approved').length;
  return (
    open.length < OPEN &&
    !ofService.some(({ answer }) => answer === 'reported') &&
    !ofService.filter(since(COOLING_SECONDS)).some(({ answer }) => answer === 'refused') &&
    unwanted(ofService) < UNWANTED_HOUR.ofService &&
    unwanted(before) < UNWANTED_HOUR.ofAll
  );
}
