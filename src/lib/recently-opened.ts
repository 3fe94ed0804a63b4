const REMEMBERED_MS = 1_000;
const REMEMBERED = 1_000;

/**
 * What was decrypted, for a second at most, by the name of its place. It is given only to who brings the very sealed bytes from the
 * database again: once they are destroyed nothing opens, and within a second nothing is in memory either. A sign-in, its
 * tokens and its userinfo come within a second: what they share is opened once for all.
 */
export class RecentlyOpened<Opened> {
  readonly #kept = new Map<string, { sealed: Buffer; opened: Opened }>();

  get(name: string, sealed: Buffer): Opened | undefined {
    const known = this.#kept.get(name);
    return known?.sealed.equals(sealed) ? known.opened : undefined;
  }

  keep(name: string, sealed: Buffer, opened: Opened): void {
    if (this.#kept.size === 0) setTimeout(() => this.#kept.clear(), REMEMBERED_MS).unref();
    if (this.#kept.size < REMEMBERED) this.#kept.set(name, { sealed, opened });
  }
}
