import { html, raw, render } from '../../../views/html.ts';
import type { Html, HtmlValue } from '../../../views/html.ts';
import type { Lang } from '../../../views/ui.ts';
import { LEVELS } from './agencies.ts';
import type { DemoAgency } from './agencies.ts';
import type { SignedIn } from './agency-sessions.ts';
import type { SignInError } from './oidc-client.ts';
import { agencyStyle } from './style.ts';
import { WORDS } from './words.ts';
import type { Words } from './words.ts';

/** What every page of the agency has. */
export interface Frame {
  agency: DemoAgency;
  lang: Lang;
  nonce: string;
}

/** Before the sign-in: one button, and for integrators the levels. */
export function startPage(frame: Frame): string {
  const { agency, lang } = frame;
  const words = WORDS[lang];
  const levels = LEVELS.map(
    (level) =>
      html`<label><input type="radio" name="acr" value="${level}"${level === agency.level.acr ? raw(' checked') : null}>${words[level]}</label>`,
  );
  return document(
    frame,
    agency.service[lang],
    html`<h1>${agency.service[lang]}</h1>
<p class="pitch">${agency.pitch[lang]}</p>
<div class="card start"><a class="button main" href="/sign-in">${words.sign_in}</a>
<p>${words.sign_in_hint}</p>
<details><summary>${words.for_integrators}</summary>
<form action="/sign-in" method="get"><fieldset><legend>${words.level}</legend>${levels}</fieldset>
<label><input type="checkbox" name="insist" value="yes"${agency.level.insist ? raw(' checked') : null}>${words.insist}</label>
<button class="button" type="submit">${words.ask}</button></form></details></div>`,
  );
}

/** After it: all that the agency was told. */
export function memberPage(frame: Frame, person: SignedIn): string {
  const words = WORDS[frame.lang];
  const { idTokenClaims, userinfo } = person;
  const name = userinfo.name;
  const title =
    typeof name === 'string' ? words.welcome_name.replace('{name}', name) : words.welcome;
  const note = person.note
    ? html`<p class="note" role="status">${words[`note_${person.note}`]}</p>`
    : null;
  const post = (action: string, label: string) =>
    html`<form method="post" action="${action}"><button class="button" type="submit">${label}</button></form>`;
  return document(
    frame,
    title,
    html`<h1>${title}</h1><p class="pitch">${words.signed_in}</p>${note}
<h2>${words.about_you}</h2><div class="card">${personalRows(userinfo, frame)}</div>
<h2>${words.assurance}</h2><div class="card">${levelRows(idTokenClaims, frame)}</div>
<div class="actions">${post('/userinfo', words.ask_again)}${person.refreshToken ? post('/refresh', words.refresh) : null}${post('/sign-out', words.sign_out)}</div>
<details><summary>${words.id_token}</summary><pre tabindex="0"><code>${json(idTokenClaims)}</code></pre></details>
<details><summary>${words.userinfo}</summary><pre tabindex="0"><code>${json(userinfo)}</code></pre></details>`,
  );
}

/** The OAuth error as it came, and in plain words. */
export function errorPage(frame: Frame, failure: SignInError): string {
  const words = WORDS[frame.lang];
  const key = `error_${failure.error}`;
  const plain = key in words ? words[key as keyof Words] : words.error_other;
  return document(
    frame,
    words.error,
    html`<h1>${words.error}</h1><div class="alert" role="alert">${plain}</div>
<div class="card"><dl>${row('error', html`<code>${failure.error}</code>`)}${
      failure.description
        ? row('error_description', html`<span lang="en">${failure.description}</span>`)
        : null
    }</dl></div>
<p class="actions"><a class="button" href="/">${words.back}</a></p>`,
  );
}

export function notFoundPage(frame: Frame): string {
  const words = WORDS[frame.lang];
  return document(
    frame,
    words.not_found,
    html`<h1>${words.not_found}</h1><p class="actions"><a class="button" href="/">${words.back}</a></p>`,
  );
}

const PERSONAL = [
  'name',
  'given_name',
  'family_name',
  'birthdate',
  'nationality',
  'foreign_national_id',
  'stay',
] as const;

function personalRows(userinfo: Record<string, unknown>, { lang }: Frame): Html {
  const words = WORDS[lang];
  const known = PERSONAL.filter((claim) => userinfo[claim] !== undefined);
  if (known.length === 0) return html`<p>${words.nothing}</p>`;
  return html`<dl>${known.map((claim) => row(words[claim], claimValue(userinfo[claim])))}</dl>`;
}

/** A composed claim tells its first two parts, the rest in small print. */
function claimValue(value: unknown): Html {
  if (typeof value !== 'object' || value === null)
    return html`<span translate="no">${plain(value)}</span>`;
  const parts = Object.entries(value).map(([key, part]) => `${key}: ${plain(part)}`);
  return html`<span translate="no">${Object.values(value).slice(0, 2).map(plain).join(' · ')}</span
    ><small translate="no">${parts.slice(2).join(' · ')}</small>`;
}

function levelRows(claims: Record<string, unknown>, { lang }: Frame): Html {
  const words = WORDS[lang];
  const meaning = (kind: 'ial' | 'aal' | 'fal') => {
    const key = `${kind}_${plain(claims[kind])}`;
    return key in words ? html`<small>${words[key as keyof Words]}</small>` : null;
  };
  const authTime = typeof claims.auth_time === 'number' ? claims.auth_time * 1000 : null;
  const locale = lang === 'th' ? 'th-TH' : 'en-GB';
  const when = new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'Asia/Bangkok',
  });
  return html`<dl>${row(words.acr, html`<code>${plain(claims.acr)}</code>`)}
${(['ial', 'aal', 'fal'] as const).map((kind) => row(words[kind], html`${plain(claims[kind])}${meaning(kind)}`))}
${row(words.sub, html`<code>${plain(claims.sub)}</code><small>${words.sub_hint}</small>`)}
${authTime === null ? null : row(words.auth_time, when.format(authTime))}</dl>`;
}

function row(key: string, value: HtmlValue): Html {
  return html`<div class="row"><dt>${key}</dt><dd>${value}</dd></div>`;
}

const plain = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

const json = (value: unknown) => JSON.stringify(value, null, 2);

function document({ agency, lang, nonce }: Frame, title: string, body: Html): string {
  const words = WORDS[lang];
  const other = lang === 'en' ? 'th' : 'en';
  const page = html`${raw('<!doctype html>')}
<html lang="${lang}" dir="ltr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${agency.agency[lang]}</title><style nonce="${nonce}">${raw(agencyStyle(agency.colour))}</style></head>
<body><p class="demo"><strong>${words.demo}</strong>${words.explanation}</p>
<header><div class="bar"><svg viewBox="0 0 48 48" aria-hidden="true"><path d="${agency.emblem}" fill="#fff" fill-rule="evenodd"/></svg>
<p><b>${agency.agency[lang]}</b><small>${agency.service[lang]}</small></p>
<a href="/?lang=${other}" lang="${other}">${words.otherLanguage}</a></div></header>
<main>${body}</main></body></html>`;
  return render(page);
}
