/** Copies the text of a `data-copy` part. */
export function start(root: HTMLElement): void {
  const value = root.querySelector('code')?.textContent ?? '';
  const button = root.querySelector<HTMLButtonElement>('[data-copy-action]');
  if (!button || !navigator.clipboard) return;
  button.hidden = false;
  const label = button.textContent;
  button.addEventListener('click', () => {
    void navigator.clipboard.writeText(value).then(() => {
      button.textContent = button.dataset.copyDone ?? label;
      setTimeout(() => (button.textContent = label), 2000);
    });
  });
}
