import { formatForeignId, parseForeignId } from './foreign-id.ts';
import type { NumberRefusal } from './foreign-id.ts';

const REASONS: Readonly<Record<NumberRefusal, string>> = {
  empty: 'no number was given',
  too_long: 'far too many characters',
  length: 'a foreign-national ID has 13 characters',
  prefix: 'a foreign-national ID starts with F',
  not_digits: 'twelve digits must follow the F',
  check_digits: 'the check digits do not fit: look for a mistyped or swapped digit',
};

/**
 * `tangchat id check NUMBER`: is this well formed? Prints the number as shown, or the reason code and a sentence.
 * Gives 0 or 1; says nothing of whether the number was ever issued. A number typed in groups counts as one.
 */
export function runIdCheck(
  args: readonly string[],
  io: { out(text: string): void; err(text: string): void },
): Promise<number> {
  const parsed = parseForeignId(args.join(' '));
  if (parsed.ok) io.out(formatForeignId(parsed.number));
  else io.err(`${parsed.reason}: ${REASONS[parsed.reason]}`);
  return Promise.resolve(parsed.ok ? 0 : 1);
}
