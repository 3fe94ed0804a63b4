import { html, raw, render } from '../../../views/html.ts';
import type { Html } from '../../../views/html.ts';
import { bangkokDate, stayFrom } from '../../visas/stay.ts';
import { seedRules } from '../../visas/stay-rule-sets.ts';
import { ruleByCode } from '../../visas/stay-rules.ts';
import { SANDBOX_SOURCE } from './answer-question.ts';
import { MAGIC_PREFIXES, OTHER_MAGIC_PREFIXES } from './magic-inputs.ts';
import { PLAYED_EVENTS } from './play-event.ts';
import { recordId } from './sandbox-record.ts';
import type { SandboxCorrection, SandboxRecord } from './sandbox-record.ts';
import { WORDS } from './words.ts';
import type { Lang, Words } from './words.ts';

export interface PageModel {
  lang: Lang;
  nonce: string;
  now: Date;
  down: boolean;
  records: readonly SandboxRecord[];
  corrections: readonly SandboxCorrection[];
  /** An event that was just refused, and for whom. */
  refused: { id: string; reason: keyof Words['refusals'] } | null;
}

const STYLE = `
@font-face { font-family: 'Noto Sans Thai'; font-weight: 400; src: url(/fonts/thai-400.woff2); unicode-range: U+0E00-0E7F; }
@font-face { font-family: 'Noto Sans Thai'; font-weight: 600; src: url(/fonts/thai-600.woff2); unicode-range: U+0E00-0E7F; }
:root { color-scheme: light; --ink: #14213d; --edge: #8a93a6; --mark: #b45309; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1rem 1rem 4rem; color: var(--ink); background: #fff;
  font: 1.0625rem/1.6 'Noto Sans', 'Noto Sans Thai', system-ui, sans-serif; }
.mark { display: inline-block; padding: 0.1rem 0.6rem; border-radius: 0.4rem; background: var(--mark); color: #fff; font-weight: 600; }
header { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; border-top: 0.4rem solid var(--mark); padding-top: 1rem; }
h1 { margin: 0; font-size: 1.7rem; line-height: 1.25; flex: 1 1 auto; }
h2 { margin: 2.2rem 0 0.6rem; font-size: 1.3rem; }
h3 { margin: 0 0 0.6rem; font-size: 1.1rem; overflow-wrap: anywhere; }
article { border: 1px solid var(--edge); border-radius: 0.6rem; padding: 1rem; margin: 0 0 1rem; }
dl { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: 0.2rem 1rem; margin: 0 0 0.8rem; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
form { display: inline; } fieldset { border: 0; padding: 0; margin: 0; } legend { padding: 0; font-weight: 600; }
.choices { display: flex; flex-wrap: wrap; gap: 0.5rem; }
button { font: inherit; min-height: 2.75rem; padding: 0.3rem 0.9rem; border: 2px solid var(--ink); border-radius: 0.4rem;
  background: #fff; color: var(--ink); cursor: pointer; }
input { font: inherit; min-height: 2.75rem; padding: 0.3rem 0.6rem; max-width: 100%; border: 2px solid var(--ink); border-radius: 0.4rem; }
label { display: block; font-weight: 600; }
button:hover { background: #eef2fb; }
:focus-visible { outline: 3px solid #2563eb; outline-offset: 2px; }
.alert { border-left: 0.4rem solid #b91c1c; background: #fef2f2; padding: 0.5rem 0.8rem; margin: 0 0 0.8rem; }
.down { border-left: 0.4rem solid #b91c1c; padding-left: 0.8rem; } .up { border-left: 0.4rem solid #15803d; padding-left: 0.8rem; }
code { font-size: 0.95em; } code, time { white-space: nowrap; }
`;

/** The register's one page: who is on record, and what one can let happen to them. */
export function renderPage(model: PageModel): string {
  const { lang, nonce, down, records } = model;
  const words = WORDS[lang];
  const other = lang === 'en' ? 'th' : 'en';
  const page = html`<!doctype html>
    <html lang="${lang}" dir="ltr">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${words.sandbox}: ${words.title}</title>
        <style nonce="${nonce}">
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <span class="mark">${words.sandbox}</span>
          <h1>${words.title}</h1>
          <a href="/?lang=${other}" lang="${other}">${words.otherLanguage}</a>
        </header>
        <main>
          <p>${words.explanation}</p>
          <p class="${down ? 'down' : 'up'}" role="status">
            ${down ? words.statusDown : words.statusUp}
          </p>
          <div class="choices">
            ${button(`/outage?lang=${lang}`, 'down', String(!down), down ? words.bringUp : words.takeDown)}
            ${button(`/reset?lang=${lang}`, 'reset', 'true', words.reset)}
          </div>
          <h2>${words.people}</h2>
          ${records.map((record) => personCard(record, model, words))}
          <h2>${words.corrections}</h2>
          ${model.corrections.length === 0 ? html`<p>${words.correctionsNone}</p>` : model.corrections.map((correction) => correctionCard(correction, lang, words))}
          ${magicList(words)}
        </main>
      </body>
    </html>`;
  return render(page);
}

function personCard(record: SandboxRecord, model: PageModel, words: Words): Html {
  const { person, documents, visa, admission } = record;
  const id = recordId(record);
  const stay = stayOf(record, model.now);
  const refused = model.refused?.id === id ? model.refused.reason : null;
  return html`<article id="${id}" aria-labelledby="${id}-name">
    <h3 id="${id}-name">${person.nameAsRecorded}</h3>
    ${refused && html`<p class="alert" role="alert">${words.refused} ${words.refusals[refused]}</p>`}
    <dl>
      <dt>${words.bornOn}</dt>
      <dd><time>${person.dateOfBirth}</time></dd>
      <dt>${words.document}</dt>
      <dd>
        ${documents.map((held) => html`<code>${held.issuingState} ${held.documentNumber}</code> `)}
      </dd>
      <dt>${words.visa}</dt>
      <dd>${visa ? visaText(visa, model, words) : words.noVisa}</dd>
      <dt>${words.stay}</dt>
      <dd>
        ${words.stayStatus[stay.status]}${
          stay.admittedUntil && html`, ${words.lastDay} <time>${stay.admittedUntil}</time>`
        }
      </dd>
      <dt>${words.work}</dt>
      <dd>${admission?.workAllowed ? words.workYes : words.workNo}</dd>
      <dt>${words.workPermit}</dt>
      <dd>
        ${
          record.workPermit
            ? html`<code>${record.workPermit.number}</code>, ${words.visaStatus[record.workPermit.status]}`
            : words.noVisa
        }
      </dd>
    </dl>
    <form method="post" action="/records/${id}/events?lang=${model.lang}">
      <fieldset>
        <legend>${words.whatHappens}</legend>
        <div class="choices">
          ${PLAYED_EVENTS.map(
            (event) => html`<button name="event" value="${event}">${words.events[event]}</button>`,
          )}
        </div>
      </fieldset>
    </form>
  </article>`;
}

function correctionCard(
  { register, request, state }: SandboxCorrection,
  lang: Lang,
  words: Words,
): Html {
  const id = request.requestId;
  const field = `value-${id}`;
  return html`<article id="correction-${id}">
    <h3>
      <code>${request.issuingState} ${request.documentNumber}</code>: ${words.contested[request.entry]},
      ${words.correctionState[state]} (${register})
    </h3>
    <p>${request.statement}</p>
    ${
      state === 'received' &&
      html`<form method="post" action="/corrections/${id}?lang=${lang}">
        <p>
          <label for="${field}">${words.correctValue}</label>
          <input id="${field}" name="value" maxlength="200" />
        </p>
        <div class="choices">
          <button name="state" value="corrected">${words.correct}</button>
          <button name="state" value="rejected">${words.reject}</button>
        </div>
      </form>`
    }
  </article>`;
}

function visaText(
  visa: NonNullable<SandboxRecord['visa']>,
  { lang, now }: PageModel,
  words: Words,
): Html {
  const { rules } = seedRules();
  const rule =
    ruleByCode(rules, visa.class, visa.validFrom) ??
    ruleByCode(rules, visa.class, bangkokDate(now));
  return html`<code>${visa.number}</code> ${visa.class}${rule && html` (${rule.name[lang]})`},
    ${words.visaStatus[visa.status]}, ${words.visaUsableUntil} <time>${visa.validUntil}</time>.
    ${words.entries}: ${visa.entriesUsed} / ${visa.entriesAllowed ?? words.anyNumber}`;
}

function magicList(words: Words): Html {
  const list = (prefixes: Readonly<Record<string, string>>) =>
    html`<dl lang="en">
      ${Object.entries(prefixes).map(
        ([prefix, what]) =>
          html`<dt><code>${prefix}</code></dt>
            <dd>${what}</dd>`,
      )}
    </dl>`;
  return html`<details>
    <summary>${words.magic}</summary>
    <p>${words.magicExplanation}</p>
    ${list(MAGIC_PREFIXES)}
    <p>${words.otherMagic}</p>
    ${list(OTHER_MAGIC_PREFIXES)}
  </details>`;
}

function button(action: string, name: string, value: string, label: string): Html {
  return html`<form method="post" action="${action}">
    <button name="${name}" value="${value}">${label}</button>
  </form>`;
}

function stayOf(record: SandboxRecord, now: Date) {
  const { documents, ...parts } = record;
  const said = { asOf: now.toISOString(), source: SANDBOX_SOURCE };
  return stayFrom({ kind: 'found', ...parts, document: documents[0]!, ...said }, now);
}
