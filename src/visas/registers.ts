import type { CorrectionPort, RegisterPort, WatchPort } from './register-port.ts';

/**
 * The registers that may know something of a foreigner, and so what each may be believed about
 * (compare-registers.ts: `AUTHORITIES`).
 */
export const REGISTER_KINDS = [
  'immigration',
  'visa',
  'border',
  'arrival_card',
  'work_permit',
  'civil_registration',
] as const;
export type RegisterKind = (typeof REGISTER_KINDS)[number];

/** What is known of a register besides its answers; goes on record with each of them. */
export interface RegisterFacts {
  /** Ours, from the configuration: `labour`. */
  name: string;
  kind: RegisterKind;
  /** By how much its data may lag behind life: an answer whose as-of is older is shown as behind. */
  lagSeconds: number;
  /** Whether a case waits for it. One that is not required may stay silent: that is shown, and decides nothing. */
  required: boolean;
}

export interface ConnectedRegister extends RegisterFacts {
  port: RegisterPort;
  /** Null: a request to correct an entry goes there as a letter. */
  corrections: CorrectionPort | null;
}

export interface ConnectedWatch {
  name: string;
  port: WatchPort;
}

/** Every register that this deployment asks. `main` is the one of REGISTER_URL: a case never goes on without it. */
export interface Registers {
  main: ConnectedRegister;
  others: readonly ConnectedRegister[];
  watch: readonly ConnectedWatch[];
}
