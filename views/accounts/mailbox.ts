import { card } from '../components/card.ts';
import { emptyState } from '../components/empty-state.ts';
import { link } from '../components/button.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';
import type { Ui } from '../ui.ts';

interface MailboxMessage {
  to: string;
  lang: string;
  subject: string;
  text: string;
  sentAt: string;
}

/** What a mail relay would have sent, newest first, links clickable. */
export function mailboxPage(
  model: { messages: readonly MailboxMessage[]; viaSmtp: boolean },
  ui: Ui,
): Html {
  return html`${pageHeading({
    title: ui.t('notices.mailbox.title'),
    lead: ui.t(model.viaSmtp ? 'notices.mailbox.lead_smtp' : 'notices.mailbox.lead'),
  })}${
    model.messages.length === 0
      ? emptyState({
          title: ui.t('notices.mailbox.empty'),
          body: ui.t('notices.mailbox.empty_body'),
        })
      : model.messages.map((message) => messageCard(message, ui))
  }`;
}

function messageCard(message: MailboxMessage, ui: Ui): Html {
  return card({
    title: html`<span lang="${message.lang}">${message.subject}</span>`,
    body: html`<p>${ui.t('notices.mailbox.to')} <strong translate="no">${message.to}</strong><br>${ui.formatDate(new Date(message.sentAt), 'dateTime')}</p><div lang="${message.lang}">${message.text
      .trim()
      .split('\n\n')
      .filter((paragraph) => paragraph !== '--')
      .map((paragraph) => html`<p>${withLinks(paragraph)}</p>`)}</div>`,
  });
}

function withLinks(text: string): HtmlValue {
  if (/^\s*\d{3} \d{3}$/.test(text)) return html`<strong class="tc-code">${text.trim()}</strong>`;
  return text
    .split(/(https?:\/\/\S+)/)
    .map((part, index) => (index % 2 === 1 ? link({ label: part, href: part }) : part));
}
