/** The one script of every page: brings what the page's own marks ask for, and nothing else. */
const parts: [selector: string, load: () => Promise<{ start(element: HTMLElement): void }>][] = [
  ['form[data-passkey]', () => import('./passkeys.ts')],
  ['form[data-camera]', () => import('./camera.ts')],
  ['[data-poll]', () => import('./live.ts')],
  ['[data-copy]', () => import('./copy.ts')],
];

for (const [selector, load] of parts) {
  const elements = document.querySelectorAll<HTMLElement>(selector);
  if (elements.length > 0)
    void load().then((part) => {
      for (const element of elements) part.start(element);
    });
}

// The summary of errors is read first (WCAG 2.2 technique G139).
document.querySelector<HTMLElement>('[data-autofocus]')?.focus();

// A second press while the first is on its way would post twice.
document.addEventListener('submit', (event) => {
  const form = event.target as HTMLFormElement;
  if (form.dataset.passkey !== undefined || form.method !== 'post') return;
  if (form.dataset.sent !== undefined) event.preventDefault();
  form.dataset.sent = '';
});
// Coming back by the Back button shows the page as it was left: let it be sent again.
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form')) delete form.dataset.sent;
});
