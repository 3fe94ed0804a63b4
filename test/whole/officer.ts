import { passkeyDevice } from '../passkey-device.ts';
import { newWalker } from '../walk.ts';
import type { Walker } from '../walk.ts';
import { expectStatus } from './answers.ts';

/** Registers the passkey of an invited officer; gives their browser, signed in to the console. */
export async function enrolOfficer(url: string, invitation: string): Promise<Walker> {
  const walker = newWalker(url);
  const device = passkeyDevice({ origin: url });
  const path = new URL(invitation).pathname;
  await walker.get(path);
  const options = (await walker.postJson(`${path}/options`)).json();
  const credential = JSON.stringify(device.register(options as never));
  expectStatus(await walker.post(path, { credential }), 303, '/console');
  return walker;
}

/** Approves a case from its page, looking at both portraits first; one that is approved already is left alone. */
export async function approveCase(officer: Walker, caseId: string, note: string): Promise<void> {
  const page = await officer.get(`/console/cases/${caseId}`);
  expectStatus(page, 200);
  const version = /name="version" value="(\d+)"/.exec(page.text.replaceAll(/\s+/g, ' '))?.[1];
  if (!page.text.includes(`/console/cases/${caseId}/decision`)) return;
  for (const which of ['chip', 'live'])
    expectStatus(await officer.get(`/console/cases/${caseId}/portraits/${which}`), 200);
  const answer = await officer.post(`/console/cases/${caseId}/decision`, {
    version: version ?? '',
    reason: 'face_matches',
    note,
  });
  expectStatus(answer, 302, `/console/cases/${caseId}`);
}
