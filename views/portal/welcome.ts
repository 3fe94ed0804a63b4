import { buttonGroup, link, linkButton } from '../components/button.ts';
import { card, cardGrid } from '../components/card.ts';
import { idCard } from '../components/id-card.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { richText } from '../rich-text.ts';
import type { Ui } from '../ui.ts';

/** Where the welcome page leads; each has a default, so that a caller names only what differs. */
export interface WelcomeModel {
  createHref?: string;
  signInHref?: string;
  agenciesHref?: string;
  consoleHref?: string;
}

/** The front door: what Tangchat ID is, how to get one, how to sign in; then the ways for agencies and officers. */
export function welcomePage(model: WelcomeModel, ui: Ui): Html {
  const { t } = ui;
  const createHref = model.createHref ?? '/account/create';
  const signInHref = model.signInHref ?? '/sign-in';
  return html`${hero({ createHref, signInHref }, ui)}
<section aria-labelledby="how">
<h2 class="ds-heading" id="how">${t('welcome.how_title')}</h2>
<ol class="tc-how">${STEPS.map(howStep(ui))}</ol>
</section>
<section aria-labelledby="need">
<h2 class="ds-heading" id="need">${t('welcome.need_title')}</h2>
<ul class="tc-need">${NEEDS.map((need) => html`<li>${t(`welcome.need.${need}`)}</li>`)}</ul>
<p>${t('welcome.need_help')}</p>
</section>
<section aria-labelledby="yours">
<h2 class="ds-heading" id="yours">${t('welcome.yours_title')}</h2>
${cardGrid(...PROMISES.map(promiseCard(ui)))}
</section>
<section class="tc-others" aria-label="${t('welcome.others')}">
<p>${leadTo('welcome.for_agencies', model.agenciesHref ?? '/agencies', ui)}</p>
<p>${leadTo('welcome.for_officers', model.consoleHref ?? '/console', ui)}</p>
</section>`;
}

const STEPS = ['account', 'passport', 'face', 'ready'] as const;
const NEEDS = ['passport', 'phone', 'address'] as const;
const PROMISES = ['asked', 'little', 'stop'] as const;

function hero(model: { createHref: string; signInHref: string }, ui: Ui): Html {
  const { t } = ui;
  return html`<section class="tc-hero">
<div class="tc-hero-words">
<p class="tc-eyebrow">${t('welcome.eyebrow')}</p>
<h1 class="ds-heading">${t('welcome.title')}</h1>
<p class="tc-lead">${t('welcome.lead')}</p>
${buttonGroup(
  linkButton({ label: t('welcome.create'), href: model.createHref }),
  linkButton({ label: t('welcome.sign_in'), href: model.signInHref, variant: 'secondary' }),
)}
<p class="tc-hero-note">${t('welcome.free')}</p>
</div>
<div class="tc-hero-card" aria-hidden="true">${sampleCard(ui)}</div>
</section>`;
}

function howStep({ t }: Ui) {
  return (step: string, index: number): Html => html`<li>
<span class="tc-how-number" aria-hidden="true">${index + 1}</span>
<h3 class="ds-heading">${t(`welcome.how.${step}.title`)}</h3>
<p>${t(`welcome.how.${step}.text`)}</p>
</li>`;
}

function promiseCard({ t }: Ui) {
  return (promise: string): Html =>
    card({
      level: 3,
      title: t(`welcome.yours.${promise}.title`),
      body: t(`welcome.yours.${promise}.text`),
    });
}

function leadTo(key: string, href: string, ui: Ui): Html {
  return richText(ui.t(key), { link: (label) => link({ label, href }) });
}

/** A picture of a card, not a card: hidden from those who hear the page. */
function sampleCard(ui: Ui): Html {
  return idCard(
    {
      number: 'F 0123 4567 89 07',
      name: 'ERIKSSON, ANNA MARIA',
      nameLang: 'en',
      state: { label: ui.t('welcome.sample_state'), tone: 'success' },
    },
    ui,
  );
}
