import type { Answer } from '../walk.ts';
import { newWalker } from '../walk.ts';

/**
 * A browser without scripts that presses only what the page before it offers: a link, or a form with its hidden fields and its
 * chosen options. A page that needs a script to go on leaves it stuck.
 */
export function plainBrowser(url: string) {
  const walker = newWalker(url);
  const at: { path: string; text: string; left: URL | null } = { path: '', text: '', left: null };

  async function settle(start: Answer, path: string): Promise<void> {
    let answer = start;
    at.path = path;
    for (let hops = 0; answer.location !== null; hops++) {
      if (hops === 12) throw new Error(`${path} redirects without end.`);
      if (!answer.location.startsWith('/')) {
        at.left = new URL(answer.location);
        return;
      }
      at.path = answer.location;
      answer = await walker.get(answer.location);
    }
    at.left = null;
    at.text = answer.text;
  }

  const stuck = (what: string) =>
    new Error(
      `There is no ${what} at ${at.path}: ${at.text.replace(/<[^>]*>|\s+/g, ' ').slice(0, 600)}`,
    );

  return {
    walker,
    /** The address outside that the browser was sent to last; null while it is with us. */
    get left() {
      return at.left;
    },
    get path() {
      return at.path;
    },
    get text() {
      return at.text;
    },
    open: async (path: string) => settle(await walker.get(path), path),
    /** Follows the link whose address matches. */
    async follow(href: RegExp): Promise<void> {
      const found = [...at.text.matchAll(/<a [^>]*href="([^"]+)"/g)].find(([, to]) =>
        href.test(to!),
      );
      if (!found) throw stuck(`link ${href}`);
      const to = unescaped(found[1]!);
      await settle(await walker.get(to), to);
    },
    /** Sends the form whose action matches, with these choices; each must be offered by it. */
    async press(action: RegExp, choices: Record<string, string> = {}): Promise<void> {
      const forms = [...at.text.matchAll(/<form([^>]*)>(.*?)<\/form>/gs)].map(
        ([, attributes = '', body = '']) => ({
          action: unescaped(valueOf(attributes, 'action') ?? at.path),
          method: (valueOf(attributes, 'method') ?? 'get').toLowerCase(),
          controls: [...body.matchAll(/<(input|button)([^>]*)>/g)].map(([, tag, of = '']) => ({
            type: valueOf(of, 'type') ?? (tag === 'button' ? 'submit' : 'text'),
            name: valueOf(of, 'name'),
            value: unescaped(valueOf(of, 'value') ?? ''),
            checked: /\schecked\b/.test(of),
          })),
        }),
      );
      const form = forms.find((one) => action.test(one.action));
      if (!form || form.method !== 'post') throw stuck(`form ${action}`);
      if (!form.controls.some(({ type }) => type === 'submit')) throw stuck(`button of ${action}`);
      const fields: Record<string, string> = {};
      for (const { type, name, value, checked } of form.controls)
        if (name !== null && (type === 'hidden' || (type === 'radio' && checked)))
          fields[name] = value;
      for (const [name, value] of Object.entries(choices)) {
        const offers = form.controls.filter((one) => one.name === name);
        const isOffered = offers.some((one) => one.type === 'text' || one.value === value);
        if (!isOffered) throw stuck(`${name}=${value} in ${action}`);
        fields[name] = value;
      }
      if (/^https?:/.test(form.action) && !form.action.startsWith(url)) {
        at.left = new URL(form.action);
        at.left.search = new URLSearchParams(fields).toString();
        return;
      }
      const { csrf: _sent, ...rest } = fields;
      const path = form.action.startsWith(url) ? form.action.slice(url.length) : form.action;
      await settle(await walker.post(path, rest), path);
    },
  };
}

export type PlainBrowser = ReturnType<typeof plainBrowser>;

function valueOf(attributes: string, name: string): string | null {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(attributes)?.[1] ?? null;
}

const unescaped = (text: string) =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#x2F;', '/')
    .replaceAll('&#38;', '&')
    .replaceAll('&amp;', '&');
