import { alert } from '../components/alert.ts';
import { button, link } from '../components/button.ts';
import { card, cardGrid } from '../components/card.ts';
import { checkbox } from '../components/choices.ts';
import { errorSummary } from '../components/error-summary.ts';
import { hiddenField, selectField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Model of `startPage`. */
export interface StartModel {
  /** Where to go on to afterwards, a path of ours; empty where nowhere. */
  returnTo: string;
  /** `under_way`: a case is open · `proven`: the last one was approved. */
  situation: 'new' | 'under_way' | 'proven';
  /** Account of the child that it is for; null where it is for oneself. */
  child: string | null;
  /** Kinds of documents, and the one that was chosen. */
  documents: readonly string[];
  document: string;
  /** The pathway that was chosen, where one was. */
  pathway: string | null;
  /** The pathways that fit it, the best first; none: it only stands beside another document. */
  routes: readonly string[];
  strength: string;
  highestIal: number;
  isSecond: boolean;
  /** How long a case stays open. */
  days: number;
  consented: { proofing: boolean; biometric: boolean };
  /** Which consents are missing. */
  errors: ('consent' | 'biometric_consent')[];
}

/** What proving who you are takes, and what happens with it; the consent, and the way in. */
export function startPage(model: StartModel, ui: Ui): Html {
  const { t } = ui;
  const errors = model.errors.map((field) => ({
    field,
    message: t(`proofing.start.${field}_missing`),
  }));
  return html`${errorSummary(errors, ui)}${pageHeading({
    title: t(model.child ? 'proofing.start.title_child' : 'proofing.start.title'),
    lead: t(model.child ? 'proofing.start.lead_child' : 'proofing.start.lead'),
  })}${situation(model, ui)}${model.situation === 'under_way' ? null : introduction(model, ui)}`;
}

function situation(model: StartModel, ui: Ui): Html | null {
  const { t } = ui;
  if (model.situation === 'new') return null;
  if (model.situation === 'under_way')
    return html`${alert({ tone: 'info', title: t('proofing.start.under_way'), body: t('proofing.start.under_way_body') })}${form({ action: '/cases', body: html`${hidden(model)}${button({ label: t('proofing.start.resume') })}` }, ui)}<p>${toCounter(model, ui)}</p>`;
  return alert({
    tone: 'success',
    title: t('proofing.start.proven'),
    body: html`<p>${t('proofing.start.proven_body')}</p><p>${link({ label: t('proofing.start.go_on'), href: model.returnTo || '/home' })}</p>`,
  });
}

const hidden = (model: StartModel): Html =>
  html`${hiddenField('return_to', model.returnTo)}${hiddenField('document', model.document)}${model.child ? hiddenField('child', model.child) : null}`;

function toCounter(model: StartModel, { t }: Ui): Html {
  const href = `/proofing/counter${model.child ? `?child=${model.child}` : ''}`;
  return link({ label: t('proofing.start.to_counter'), href });
}

function introduction(model: StartModel, ui: Ui): Html {
  const { t } = ui;
  const best = model.routes.find((route) => route === model.pathway) ?? model.routes[0];
  const others = model.routes.filter((route) => route !== best);
  return html`${documentChoice(model, ui)}${
    best === undefined
      ? alert({
          tone: 'info',
          title: t(`proofing.document.${model.document}`),
          body: html`<p>${t(model.isSecond ? 'proofing.start.second_only' : 'proofing.start.not_taken')}</p>`,
        })
      : html`<p>${t('proofing.start.reaches', { level: t(`proofing.start.level_${model.highestIal}`) })}</p>${
          best === 'counter' ? counterRoute(model, ui) : remoteRoute(best, model, ui)
        }${others.length > 0 ? otherRoutes(others, model, ui) : null}`
  }`;
}

/** A form without a script: choosing shows the ways that fit. */
function documentChoice(model: StartModel, { t }: Ui): Html {
  return html`<form method="get" action="/proofing" class="tc-form tc-inline-form">${
    model.returnTo ? hiddenField('return_to', model.returnTo) : null
  }${model.child ? hiddenField('child', model.child) : null}${selectField({
    name: 'document',
    label: t('proofing.start.document'),
    hint: t('proofing.start.document_hint'),
    value: model.document,
    options: model.documents.map((kind) => ({
      value: kind,
      label: t(`proofing.document.${kind}`),
    })),
  })}${button({ label: t('proofing.start.document_show'), variant: 'secondary' })}</form>`;
}

const NEEDS: Record<string, readonly string[]> = {
  chip: ['need_passport', 'need_phone', 'need_camera', 'need_time'],
  data_page: ['need_page', 'need_camera', 'need_time_page'],
};
const HAPPENS: Record<string, readonly string[]> = {
  chip: ['happens_chip', 'happens_register', 'happens_portrait', 'happens_officer'],
  data_page: ['happens_page', 'happens_confirm', 'happens_register', 'happens_holder'],
};

function remoteRoute(pathway: string, model: StartModel, ui: Ui): Html {
  const { t } = ui;
  const item = (key: string) => html`<li>${t(`proofing.start.${key}`, { days: model.days })}</li>`;
  return html`${cardGrid(
    card({
      title: t('proofing.start.need'),
      body: html`<ul class="ds-list">${NEEDS[pathway]?.map(item)}</ul>`,
    }),
    card({
      title: t('proofing.start.happens'),
      body: html`<ol class="ds-list">${HAPPENS[pathway]?.map(item)}</ol>`,
    }),
  )}<section class="tc-section"><h2 class="ds-heading" data-size="sm">${t('proofing.start.consent_title')}</h2><p>${t(`proofing.start.${pathway === 'data_page' ? 'consent_intro_single' : 'consent_intro'}`)}</p>${form(
    {
      action: '/cases',
      body: html`${hidden(model)}${hiddenField('pathway', pathway)}${consent('consent', model.consented.proofing, model, ui)}${pathway === 'data_page' ? null : consent('biometric_consent', model.consented.biometric, model, ui)}${button({ label: t('proofing.start.begin') })}`,
    },
    ui,
  )}</section>`;
}

function counterRoute(model: StartModel, ui: Ui): Html {
  const { t } = ui;
  return card({
    title: t('proofing.start.route_counter'),
    body: html`<p>${t('proofing.start.route_counter_body')}</p>`,
    footer: toCounter(model, ui),
  });
}

/** What else fits the document, each with what it brings. */
function otherRoutes(routes: readonly string[], model: StartModel, ui: Ui): Html {
  const { t } = ui;
  return html`<section class="tc-section"><h2 class="ds-heading" data-size="sm">${t('proofing.start.other_ways')}</h2>${cardGrid(
    ...routes.map((route) =>
      route === 'counter'
        ? counterRoute(model, ui)
        : card({
            title: t(`proofing.start.route_${route}`),
            body: html`<p>${t(`proofing.start.route_${route}_body`)}</p>`,
            footer: link({
              label: t(`proofing.start.route_${route}_open`),
              href: hrefOf(route, model),
            }),
          }),
    ),
  )}</section>`;
}

/** The same page with another way as the first. */
function hrefOf(route: string, model: StartModel): string {
  const query = new URLSearchParams({
    document: model.document,
    pathway: route,
    ...(model.child ? { child: model.child } : {}),
    ...(model.returnTo ? { return_to: model.returnTo } : {}),
  });
  return `/proofing?${query.toString()}`;
}

function consent(
  name: StartModel['errors'][number],
  checked: boolean,
  model: StartModel,
  { t }: Ui,
): Html {
  return checkbox({
    name,
    label: t(`proofing.start.${name}${model.child ? '_child' : ''}`),
    hint: t(`proofing.start.${name}_hint`, { days: model.days }),
    error: model.errors.includes(name) ? t(`proofing.start.${name}_missing`) : null,
    checked,
  });
}
