import { alert } from '../components/alert.ts';
import { button, link, linkButton } from '../components/button.ts';
import { cameraCapture } from '../components/camera-capture.ts';
import { card } from '../components/card.ts';
import { checkbox, checkboxGroup } from '../components/choices.ts';
import { copyText } from '../components/copy-text.ts';
import { errorSummary } from '../components/error-summary.ts';
import { fileField, hiddenField, selectField, textArea, textField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { progressSteps } from '../components/progress-steps.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Model of `counterStepsPage`. */
export interface CounterStepsModel {
  id: string;
  reference: string;
  /** What the officers have put on file: an act on an older page is refused. */
  seen: string;
  step: string;
  steps: readonly string[];
  /** Kinds of documents for the first and the second one. */
  firstKinds: readonly string[];
  secondKinds: readonly string[];
  /** What must have been looked at. */
  features: readonly string[];
  /** The counter's reader: its link until it is opened. */
  reader: { link: string | null; matchNumber: number } | null;
  holder: { name: string; dateOfBirth: string } | null;
  portraitUrl: string | null;
  /** Steps that may be done again. */
  done: readonly string[];
  sample: 'not_agreed' | 'agreed' | 'kept';
  /** A code: why the last act was refused. */
  error: string | null;
  /** What was typed then. */
  sent: Record<string, string>;
}

/** One counter case, step by step, with the person present. */
export function counterStepsPage(model: CounterStepsModel, ui: Ui): Html {
  const { t } = ui;
  const errors = model.error
    ? [{ field: null, message: t(`admin.counter.error_${model.error}`) }]
    : [];
  const at = model.steps.indexOf(model.step);
  return html`${errorSummary(errors, ui)}${pageHeading({
    eyebrow: t('admin.pathway.counter'),
    title: t('admin.counter.steps_title', { reference: model.reference }),
    lead: model.holder
      ? t('admin.counter.holder', {
          name: model.holder.name,
          born: model.holder.dateOfBirth,
        })
      : t('admin.counter.steps_lead'),
  })}
    <div class="tc-case">
      <div class="tc-stack">${stepCard(model, ui)}</div>
      <div class="tc-stack">
        ${progressSteps(
          {
            label: t('admin.counter.progress'),
            steps: model.steps.map((step, index) => ({
              label: t(`admin.step.${step}`),
              state: index < at ? 'done' : index === at ? 'current' : 'waiting',
            })),
          },
          ui,
        )}
        ${sampleCard(model, ui)} ${again(model, ui)}
        <p>${link({ label: t('admin.counter.to_case'), href: `/console/cases/${model.id}` })}</p>
      </div>
    </div>`;
}

function stepCard(model: CounterStepsModel, ui: Ui): Html {
  switch (model.step) {
    case 'document':
      return html`${readerCard(model, ui)}${firstCard(model, ui)}`;
    case 'second_document':
      return secondCard(model, ui);
    case 'face':
      return faceCard(model, ui);
    default:
      return waitingCard(model, ui);
  }
}

const action = (model: CounterStepsModel, what: string) => `/console/cases/${model.id}/${what}`;
const kinds = (values: readonly string[], { t }: Ui) =>
  values.map((value) => ({ value, label: t(`proofing.document.${value}`) }));

/** The chip, by the counter's own reader. */
function readerCard(model: CounterStepsModel, ui: Ui): Html {
  const { t } = ui;
  const { reader } = model;
  return card({
    title: t('admin.counter.chip'),
    body: html`<p>${t('admin.counter.chip_body')}</p>${
      reader
        ? html`<p class="tc-match"><span>${t('admin.counter.match')}</span> <strong translate="no">${reader.matchNumber}</strong></p>${
            reader.link
              ? copyText({ value: reader.link, label: t('admin.counter.link') }, ui)
              : null
          }`
        : null
    }${form(
      {
        action: action(model, 'readings'),
        compact: true,
        body: button({
          label: t(reader ? 'admin.counter.chip_again' : 'admin.counter.chip_read'),
          variant: 'secondary',
        }),
      },
      ui,
    )}`,
  });
}

function firstCard(model: CounterStepsModel, ui: Ui): Html {
  const { t } = ui;
  return card({
    title: t('admin.counter.first'),
    body: form(
      {
        action: action(model, 'document'),
        multipart: true,
        body: html`${hiddenField('seen', model.seen)}${selectField({
          name: 'kind',
          label: t('admin.counter.kind'),
          options: kinds(model.firstKinds, ui),
          value: model.sent.kind ?? 'passport',
        })}${textArea({
          name: 'zone',
          label: t('admin.counter.zone'),
          hint: t('admin.counter.zone_hint'),
          value: model.sent.zone ?? '',
          rows: 3,
          maxLength: 300,
          required: true,
        })}${textField({
          name: 'name_printed',
          label: t('admin.counter.name_printed'),
          hint: t('admin.counter.name_printed_hint'),
          value: model.sent.name_printed ?? '',
          maxLength: 200,
          spellcheck: false,
        })}${fileField({
          name: 'page',
          label: t('admin.counter.page'),
          hint: t('admin.counter.page_hint'),
          accept: 'image/jpeg,image/png,image/webp',
          capture: 'environment',
        })}${features(model, ui)}${button({ label: t('admin.counter.first_done') })}`,
      },
      ui,
    ),
  });
}

function secondCard(model: CounterStepsModel, ui: Ui): Html {
  const { t } = ui;
  return card({
    title: t('admin.counter.second'),
    body: html`<p>${t('admin.counter.second_body')}</p>${form(
      {
        action: action(model, 'second-document'),
        body: html`${hiddenField('seen', model.seen)}${selectField({
          name: 'kind',
          label: t('admin.counter.kind'),
          options: kinds(model.secondKinds, ui),
          value: model.sent.kind ?? model.secondKinds[0] ?? '',
        })}${textField({
          name: 'issuing_state',
          label: t('admin.counter.issuing_state'),
          hint: t('admin.counter.issuing_state_hint'),
          value: model.sent.issuing_state ?? '',
          size: 5,
          maxLength: 3,
          spellcheck: false,
          required: true,
        })}${textField({
          name: 'document_number',
          label: t('admin.counter.document_number'),
          value: model.sent.document_number ?? '',
          size: 24,
          maxLength: 40,
          spellcheck: false,
          required: true,
        })}${textField({
          name: 'expires_on',
          type: 'date',
          label: t('admin.counter.expires_on'),
          hint: t('admin.counter.expires_on_hint'),
          value: model.sent.expires_on ?? '',
        })}${features(model, ui)}${button({ label: t('admin.counter.second_done') })}`,
      },
      ui,
    )}`,
  });
}

function features(model: CounterStepsModel, { t }: Ui): Html {
  return checkboxGroup({
    name: 'features',
    legend: t('admin.counter.features'),
    hint: t('admin.counter.features_hint'),
    options: model.features.map((value) => ({ value, label: t(`admin.feature.${value}`) })),
  });
}

function faceCard(model: CounterStepsModel, ui: Ui): Html {
  const { t } = ui;
  return card({
    title: t('admin.counter.face'),
    body: html`<p>${t('admin.case.portraits_hint')}</p>${
      model.portraitUrl
        ? html`<figure class="tc-page-photo"><img src="${model.portraitUrl}" alt="${t('admin.counter.portrait_alt')}" /></figure>`
        : null
    }${form(
      {
        action: action(model, 'face'),
        body: html`${hiddenField('seen', model.seen)}${checkbox({
          name: 'same',
          label: t('admin.counter.same'),
          required: true,
        })}${button({ label: t('admin.counter.face_done') })}`,
      },
      ui,
    )}<p>${t('admin.counter.not_same')}</p>`,
  });
}

function waitingCard(model: CounterStepsModel, ui: Ui): Html {
  const { t } = ui;
  const ready = model.step === 'review';
  return html`${alert({
    tone: ready ? 'success' : 'info',
    title: t(ready ? 'admin.counter.ready' : 'admin.counter.register_asked'),
    body: t(ready ? 'admin.counter.ready_body' : 'admin.counter.register_asked_body'),
  })}${linkButton({
    label: t(ready ? 'admin.counter.decide' : 'admin.counter.look_again'),
    href: ready ? `/console/cases/${model.id}` : `/console/cases/${model.id}/counter`,
  })}`;
}

/** IAL3: only the holder can agree, on their own device. */
function sampleCard(model: CounterStepsModel, ui: Ui): Html | null {
  const { t } = ui;
  if (model.step !== 'register' && model.step !== 'review') return null;
  return card({
    title: t('admin.counter.sample'),
    body: html`<p>${t(`admin.counter.sample_${model.sample}`)}</p>${
      model.sample === 'agreed'
        ? cameraCapture(
            {
              action: action(model, 'sample'),
              fields: hiddenField('seen', model.seen),
            },
            ui,
          )
        : null
    }`,
  });
}

function again(model: CounterStepsModel, ui: Ui): Html | null {
  const { t } = ui;
  if (model.done.length === 0) return null;
  return html`<details class="ds-details"><summary>${t('admin.counter.again')}</summary><div><p>${t('admin.counter.again_body')}</p>${model.done.map(
    (step) =>
      form(
        {
          action: action(model, 'reopenings'),
          compact: true,
          body: html`${hiddenField('seen', model.seen)}${hiddenField('step', step)}${button({ label: t(`admin.counter.again_${step}`), variant: 'tertiary' })}`,
        },
        ui,
      ),
  )}</div></details>`;
}
