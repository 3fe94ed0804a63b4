const EVERY_MS = 2000;

/** Asks `data-poll` every 2 s while the page is seen; another state loads the page again, a location goes there. */
export function start(root: HTMLElement): void {
  const { poll: url, pollState: state } = root.dataset;
  if (!url) return;
  const endsAt = performance.now() + Number(root.dataset.pollSeconds ?? 900) * 1000;

  const ask = async (): Promise<void> => {
    if (performance.now() > endsAt) {
      const stopped = root.querySelector<HTMLElement>('[data-poll-stopped]');
      if (stopped) stopped.hidden = false;
      return;
    }
    if (document.visibilityState === 'visible' && (await moved(url, state))) return;
    setTimeout(() => void ask(), EVERY_MS);
  };
  setTimeout(() => void ask(), EVERY_MS);
}

/** True once the page is on its way elsewhere. A failed question is asked again: networks come and go. */
async function moved(url: string, state: string | undefined): Promise<boolean> {
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json' },
      cache: 'no-store',
    });
    if (!response.ok) return false;
    const answer = (await response.json()) as { state?: unknown; location?: unknown };
    if (typeof answer.location === 'string') {
      const target = new URL(answer.location, location.href);
      if (target.origin === location.origin) location.assign(target);
      return target.origin === location.origin;
    }
    if (answer.state === undefined || answer.state === state) return false;
    location.reload();
    return true;
  } catch {
    return false;
  }
}
