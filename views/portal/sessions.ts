import { button } from '../components/button.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { statusTag } from '../components/status-tag.ts';
import { table } from '../components/table.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

export interface SessionsModel {
  sessions: readonly {
    id: string;
    current: boolean;
    /** What opened it. */
    passkey: string | null;
    createdAt: Date;
    lastSeenAt: Date;
  }[];
}

/** Where one is signed in, with a way to end each. */
export function sessionsPage(model: SessionsModel, ui: Ui): Html {
  const { t } = ui;
  return html`${pageHeading({
    title: t('portal.sessions.title'),
    lead: t('portal.sessions.lead'),
  })}${table({
    caption: t('portal.sessions.title'),
    captionHidden: true,
    columns: ['passkey', 'started', 'seen', 'end'].map((column) => ({
      label: t(`portal.sessions.column_${column}`),
    })),
    rows: model.sessions.map((session) => [
      html`<strong>${session.passkey ?? t('portal.sessions.passkey_removed')}</strong>`,
      ui.formatDate(session.createdAt, 'dateTime'),
      ui.formatDate(session.lastSeenAt, 'dateTime'),
      session.current
        ? statusTag({ tone: 'success', label: t('portal.sessions.current') })
        : form(
            {
              action: `/sessions/${session.id}/end`,
              body: button({ label: t('portal.sessions.end'), variant: 'secondary' }),
              compact: true,
            },
            ui,
          ),
    ]),
  })}${
    model.sessions.length > 1
      ? form(
          {
            action: '/sessions/others/end',
            body: button({ label: t('portal.sessions.end_others'), danger: true }),
          },
          ui,
        )
      : null
  }`;
}
