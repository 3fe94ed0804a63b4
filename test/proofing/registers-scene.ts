import type { CaseId } from '../../src/lib/ids.ts';
import { signUpOfficer } from '../walk.ts';
import type { SignedIn } from '../walk.ts';
import { reviewCase } from './review.ts';
import { passportOf, startScene } from './scene.ts';
import type { Scene } from './scene.ts';

export type Staff = Pick<SignedIn, 'walker' | 'accountId'>;

/** Registers and watch lists around cases, over real HTTP: an officer who decides, and one who is told of hits. */
export function registersScene() {
  let scene: Scene;
  let officer: Staff;
  const consolePage = (caseId: CaseId) => officer.walker.get(`/console/cases/${caseId}`);
  return {
    consolePage,
    async begin(): Promise<{ scene: Scene; officer: Staff; security: Staff }> {
      scene = await startScene();
      officer = await signUpOfficer(scene, { name: 'Malee', roles: ['officer', 'supervisor'] });
      const security = await signUpOfficer(scene, { name: 'Chai', roles: ['security_officer'] });
      return { scene, officer, security };
    },
    review: async (documentNumber: string) =>
      reviewCase(scene, { passport: await passportOf(scene, { documentNumber }) }),
    tryToApprove: async (caseId: CaseId) => {
      const shown = await consolePage(caseId);
      return officer.walker.post(`/console/cases/${caseId}/decision`, {
        version: /name="version" value="(\d+)"/.exec(shown.text)![1]!,
        reason: 'face_matches',
        note: '',
      });
    },
    /** Whether the officer's page says that something stands against approving. */
    isBlocked: async (caseId: CaseId): Promise<boolean> => {
      const { text } = await consolePage(caseId);
      return text.includes('This case cannot be approved as it stands');
    },
  };
}
