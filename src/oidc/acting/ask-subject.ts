import { z } from 'zod';
import { forWhomPage } from '../../../views/oidc/for-whom.ts';
import { AccountId } from '../../lib/ids.ts';
import { readForm } from '../../web/body.ts';
import type { Context } from '../../web/context.ts';
import { page } from '../../web/page.ts';
import { openAt } from '../answer-interaction.ts';
import type { OidcApp } from '../create-oidc.ts';
import { readHolder } from '../holder.ts';
import { finishInteraction } from '../open-interaction.ts';
import type { OpenInteraction } from '../open-interaction.ts';
import { fullName } from '../person-texts.ts';
import { chosen, wardsToChoose } from './choice.ts';

/** For whom the person signs in; on at once where there is nobody any more for whom they could. */
export async function showSubjectChoice(
  ctx: Context,
  app: OidcApp,
  given: { interaction: OpenInteraction; error: string | null },
): Promise<void> {
  const { uid, service, web } = given.interaction;
  const guardianId = web!.accountId;
  const wards = await wardsToChoose(app, guardianId);
  if (wards.length === 0) return finishInteraction(ctx, app, chosen(guardianId, null));
  const { standing } = await readHolder(app, guardianId);
  await page(ctx, app, {
    view: forWhomPage,
    model: {
      uid,
      service: service.name,
      agency: service.agency.name,
      name: fullName(standing?.attributes() ?? null) ?? null,
      wards: wards.map((ward) => {
        const person = ward.standing.attributes();
        return {
          accountId: ward.link.child.accountId,
          name: fullName(person) ?? '',
          birthYear: person.dateOfBirth.slice(0, 4),
        };
      }),
      error: given.error,
    },
    title: 'oidc.for_whom.title',
    area: 'plain',
    status: given.error === null ? 200 : 422,
  });
}

const form = z.looseObject({ for: z.string() });

/** POST /interaction/:uid/subject: for themselves, or for a ward of theirs, and nobody else's. */
export async function submitSubjectChoice(ctx: Context, app: OidcApp): Promise<void> {
  const interaction = await openAt(ctx, app, 'subject');
  if (!interaction) return;
  const guardianId = interaction.web!.accountId;
  const sent = readForm(ctx, form);
  const refuse = (error: string) => showSubjectChoice(ctx, app, { interaction, error });
  if (!sent.ok) return refuse('oidc.for_whom.missing');
  if (sent.value.for === 'self') return finishInteraction(ctx, app, chosen(guardianId, null));
  const named = AccountId.parse(sent.value.for);
  const wards = await wardsToChoose(app, guardianId);
  const ward = wards.find(({ link }) => link.child.accountId === named);
  if (!ward) return refuse('oidc.for_whom.not_yours');
  await finishInteraction(ctx, app, chosen(guardianId, ward.link.child.accountId));
}
