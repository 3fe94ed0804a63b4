import { attribute, html } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';
import { paragraphs } from './alert.ts';
import { safeHref } from './button.ts';

/** A box for one thing. With `href` the title is the link and the whole card can be pressed. */
export function card(model: {
  title?: string | Html;
  body?: HtmlValue;
  href?: string;
  /** Buttons or links at its foot. */
  footer?: HtmlValue;
  tinted?: boolean;
  /** Heading level of the title, 2 unless told. */
  level?: 2 | 3;
  id?: string;
}): Html {
  const title = model.href
    ? html`<a class="tc-card-link" href="${safeHref(model.href)}">${model.title}</a>`
    : model.title;
  const attributes = [
    attribute('id', model.id),
    attribute('data-variant', model.tinted ? 'tinted' : 'default'),
    attribute('data-pressable', model.href !== undefined),
  ];
  const footer = model.footer ? html`<div class="tc-card-footer">${model.footer}</div>` : null;
  return html`<section class="ds-card tc-card"${attributes}>
${model.title ? heading(title, model.level ?? 2) : null}${paragraphs(model.body)}${footer}
</section>`;
}

/** Cards beside each other where there is room. */
export function cardGrid(...cards: Html[]): Html {
  return html`<div class="tc-card-grid">${cards}</div>`;
}

function heading(title: HtmlValue, level: 2 | 3): Html {
  return level === 2
    ? html`<h2 class="ds-heading" data-size="xs">${title}</h2>`
    : html`<h3 class="ds-heading" data-size="2xs">${title}</h3>`;
}
