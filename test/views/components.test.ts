import { describe, expect, it } from 'vitest';
import { alert } from '../../views/components/alert.ts';
import { button, link, linkButton, safeHref } from '../../views/components/button.ts';
import { card } from '../../views/components/card.ts';
import { radioGroup } from '../../views/components/choices.ts';
import { errorFor, errorSummary } from '../../views/components/error-summary.ts';
import { codeField, selectField, textArea, textField } from '../../views/components/field.ts';
import { form } from '../../views/components/form.ts';
import { idCard } from '../../views/components/id-card.ts';
import { passkeyForm } from '../../views/components/passkey-form.ts';
import { progressSteps } from '../../views/components/progress-steps.ts';
import { summaryList } from '../../views/components/summary-list.ts';
import { table } from '../../views/components/table.ts';
import { render } from '../../views/html.ts';
import { testUi } from './test-ui.ts';

const ui = testUi();
const ATTACK = '"><script>alert(1)</script>';

describe('textField', () => {
  it('names, describes and keeps its input, the hint first and then the error', () => {
    const made = render(
      textField({ name: 'email', label: 'Email', hint: 'h', error: 'wrong', value: 'anna@' }),
    );
    expect(made).toContain('<label class="ds-label" for="field-email">');
    expect(made).toContain('aria-describedby="field-email-hint field-email-error"');
    expect(made).toContain('aria-invalid="true"');
    expect(made).toContain('value="anna@"');
    expect(made).toContain('id="field-email-error">wrong');
  });

  it('says nothing about errors and hints that it does not have', () => {
    const made = render(textField({ name: 'email', label: 'Email' }));
    expect(made).not.toMatch(/aria-|value=/);
  });
});

describe('fields', () => {
  it('escape what was typed', () => {
    for (const made of [
      textField({ name: 'a', label: ATTACK, value: ATTACK, hint: ATTACK, error: ATTACK }),
      textArea({ name: 'a', label: ATTACK, value: ATTACK }),
      codeField({ name: 'a', label: ATTACK, value: ATTACK }),
      selectField({ name: 'a', label: 'x', options: [{ value: ATTACK, label: ATTACK }] }),
    ])
      expect(render(made)).not.toContain('<script>');
  });

  it('let the phone fill the code and show digits', () => {
    const made = render(codeField({ name: 'code', label: 'Code' }));
    expect(made).toContain('autocomplete="one-time-code"');
    expect(made).toContain('inputmode="numeric"');
  });

  it('select what was chosen', () => {
    const options = [
      { value: 'a', label: 'A' },
      { value: 'b', label: 'B' },
    ];
    expect(render(selectField({ name: 's', label: 'S', options, value: 'b' }))).toContain(
      '<option value="b" selected>',
    );
    const radios = render(radioGroup({ name: 'r', legend: 'R', options, value: 'b', error: 'no' }));
    expect(radios).toMatch(/value="b" checked/);
    expect(radios).toContain('aria-describedby="field-r-group-error"');
  });
});

describe('errorSummary', () => {
  const errors = [
    { field: 'email', message: 'Write it' },
    { field: null, message: 'Too late' },
  ];

  it('links each message to its field and takes the focus', () => {
    const made = render(errorSummary(errors, ui)!);
    expect(made).toContain('href="#field-email"');
    expect(made).toContain('<li>Too late</li>');
    expect(made).toMatch(/role="alert" tabindex="-1" data-autofocus/);
  });

  it('is nothing without errors', () => {
    expect(errorSummary([], ui)).toBeNull();
    expect(errorFor(errors, 'email')).toBe('Write it');
    expect(errorFor(errors, 'name')).toBeUndefined();
  });
});

describe('links', () => {
  it.each(['javascript:alert(1)', ' javascript:alert(1)', 'data:text/html,x', 'JaVaScRiPt:1'])(
    'go nowhere for %s',
    (href) => {
      expect(safeHref(href)).toBe('#');
      for (const made of [
        link({ label: 'x', href }),
        linkButton({ label: 'x', href }),
        card({ title: 'x', href }),
      ])
        expect(render(made)).toContain('href="#"');
    },
  );

  it.each(['/sign-in', '?page=2', '#main', 'https://id.example/', 'mailto:a@b.example'])(
    'go to %s',
    (href) => expect(safeHref(href)).toBe(href),
  );
});

describe('form', () => {
  it('always posts with its CSRF field', () => {
    const made = render(form({ action: '/x', body: button({ label: 'Go' }) }, ui));
    expect(made).toMatch(/^<form method="post"[^>]* action="\/x"/);
    expect(made).toContain('name="csrf" value="token-of-this-form"');
  });

  it('carries passkeys by hidden field, with words for every failure', () => {
    const model = { kind: 'register', action: '/p', optionsUrl: '/o', label: 'Make' } as const;
    const made = render(passkeyForm(model, ui));
    expect(made).toContain('name="credential"');
    expect(made).toContain('data-message-already-registered=');
    expect(made).toContain('<noscript>');
    expect(made).toContain('name="csrf"');
  });
});

describe('what tells states', () => {
  it('says each step in words, not by colour alone', () => {
    const steps = (['done', 'current', 'waiting', 'attention'] as const).map((state) => ({
      label: state,
      state,
    }));
    const made = render(progressSteps({ label: 'Case', steps }, ui));
    expect(made).toContain('done<span class="ds-sr-only">: done</span>');
    expect(made).toContain('aria-current="step"');
    expect(made).toContain('aria-label="Case"');
  });

  it('reads danger out at once and news when there is time', () => {
    expect(render(alert({ tone: 'danger', body: 'x', live: true }))).toContain('role="alert"');
    expect(render(alert({ tone: 'info', body: 'x', live: true }))).toContain('role="status"');
    expect(render(alert({ tone: 'info', body: 'x' }))).not.toContain('role=');
  });
});

describe('tables and lists', () => {
  it('repeat the column names for phones and escape the cells', () => {
    const made = render(
      table({
        caption: 'C',
        columns: [{ label: 'A' }, { label: 'B', numeric: true }],
        rows: [[ATTACK, 3]],
      }),
    );
    expect(made).toContain('<th scope="col" data-numeric>B</th>');
    expect(made).toContain('<td data-label="B" data-numeric>3</td>');
    expect(made).not.toContain('<script>');
  });

  it('say that there is nothing instead of an empty table', () => {
    const made = render(
      table({ caption: 'C', columns: [], rows: [], empty: { title: 'None yet' } }),
    );
    expect(made).toContain('None yet');
    expect(made).not.toContain('<table');
  });

  it('tell what an action is about', () => {
    const made = render(
      summaryList([{ key: 'K', value: 'V', action: { href: '/e', label: 'Change', about: 'K' } }]),
    );
    expect(made).toContain('Change<span class="ds-sr-only"> K</span>');
  });
});

describe('idCard', () => {
  it('shows number, name and state and escapes the name', () => {
    const made = render(
      idCard(
        { number: 'F 0123 4567 89 07', name: ATTACK, state: { label: 'Active', tone: 'success' } },
        ui,
      ),
    );
    expect(made).toContain('F 0123 4567 89 07');
    expect(made).toContain('Active');
    expect(made).not.toContain('<script>');
  });
});

it('sends the passkey button so that it cannot be pressed before its script is there', () => {
  const model = { kind: 'register', action: '/a', optionsUrl: '/o', label: 'Make' } as const;
  expect(render(passkeyForm(model, testUi()))).toMatch(/<button[^>]* disabled[^>]*>Make<\/button>/);
});
