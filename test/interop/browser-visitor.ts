import type { Page } from 'playwright-core';

/** Walks our pages in a real browser: the sandbox sign-in, then consent where it is asked. Ends at the service. */
export async function signInAsTestPerson(
  page: Page,
  wanted: { person?: string; ial?: number; aal?: number } = {},
): Promise<void> {
  await page.click('#sandbox-sign-in-link a');
  await page.check(`input[name=person][value=${wanted.person ?? 'lina'}]`);
  await page.check(`input[name=ial][value="${wanted.ial ?? 2}"]`);
  await page.check(`input[name=aal][value="${wanted.aal ?? 2}"]`);
  await page.click('#sandbox-sign-in-submit');
  if (/\/interaction\//.test(page.url())) await page.click('button[name=decision][value=share]');
}
