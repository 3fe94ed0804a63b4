import QRCode from 'qrcode';
import { alert } from '../../views/components/alert.ts';
import { button, buttonGroup, linkButton } from '../../views/components/button.ts';
import { cameraCapture } from '../../views/components/camera-capture.ts';
import { card, cardGrid } from '../../views/components/card.ts';
import { checkbox, checkboxGroup, radioGroup } from '../../views/components/choices.ts';
import { confirmPanel } from '../../views/components/confirm-panel.ts';
import { copyText } from '../../views/components/copy-text.ts';
import { emptyState } from '../../views/components/empty-state.ts';
import { errorSummary } from '../../views/components/error-summary.ts';
import {
  codeField,
  fileField,
  selectField,
  textArea,
  textField,
} from '../../views/components/field.ts';
import { form } from '../../views/components/form.ts';
import { idCard } from '../../views/components/id-card.ts';
import { liveStatus } from '../../views/components/live-status.ts';
import { pageHeading } from '../../views/components/page-heading.ts';
import { passkeyForm } from '../../views/components/passkey-form.ts';
import { progressSteps } from '../../views/components/progress-steps.ts';
import { qr } from '../../views/components/qr.ts';
import { statusTag } from '../../views/components/status-tag.ts';
import { summaryList } from '../../views/components/summary-list.ts';
import { table } from '../../views/components/table.ts';
import { html, raw } from '../../views/html.ts';
import type { Html } from '../../views/html.ts';
import type { Lang, Ui } from '../../views/ui.ts';

/** Sample texts of the gallery; the product's own texts are in views/locales. */
const SAMPLE = {
  en: {
    title: 'Where your case stands',
    lead: 'You can close this page. We write to you when there is news.',
    step: 'Step 3 of 5',
    pending: 'Being checked',
    passport: 'Passport chip',
    read: 'Read and genuine',
    visa: 'Visa and admission',
    asking: 'We are asking the immigration register.',
    portrait: 'Live picture',
    decision: 'Decision by an officer',
    name: 'Name',
    agency: 'Revenue Department',
    when: 'When',
    what: 'What it got',
    email: 'Email address',
    emailHint: 'We send a code of six digits there.',
    emailError: 'Write an address such as anna@example.com.',
    code: 'Code from the message',
    agree: 'I agree that my face and my passport are compared.',
    create: 'Create your ID',
    signIn: 'Sign in with a passkey',
  },
  th: {
    title: 'สถานะคำขอของคุณ',
    lead: 'คุณปิดหน้านี้ได้ เราจะแจ้งให้ทราบเมื่อมีความคืบหน้า',
    step: 'ขั้นตอนที่ 3 จาก 5',
    pending: 'กำลังตรวจสอบ',
    passport: 'ชิปหนังสือเดินทาง',
    read: 'อ่านแล้วและเป็นของแท้',
    visa: 'วีซ่าและการเข้าเมือง',
    asking: 'เรากำลังสอบถามทะเบียนตรวจคนเข้าเมือง',
    portrait: 'ภาพถ่ายสด',
    decision: 'การพิจารณาโดยเจ้าหน้าที่',
    name: 'ชื่อ',
    agency: 'กรมสรรพากร',
    when: 'เมื่อ',
    what: 'ข้อมูลที่ได้รับ',
    email: 'ที่อยู่อีเมล',
    emailHint: 'เราจะส่งรหัสหกหลักไปที่นั่น',
    emailError: 'เขียนที่อยู่ให้ถูกต้อง เช่น anna@example.com',
    code: 'รหัสจากข้อความ',
    agree: 'ฉันยินยอมให้เปรียบเทียบใบหน้ากับหนังสือเดินทาง',
    create: 'สร้าง ID ของคุณ',
    signIn: 'เข้าสู่ระบบด้วยพาสคีย์',
  },
} satisfies Record<Lang, Record<string, string>>;

/** Every component once, as pages use them. */
export async function gallery(ui: Ui): Promise<Html> {
  const t = SAMPLE[ui.lang];
  return html`${standing(t, ui)}${asking(t, ui)}${await showing(t, ui)}`;
}

function standing(t: (typeof SAMPLE)[Lang], ui: Ui): Html {
  return html`${pageHeading({ title: t.title, eyebrow: t.step, lead: t.lead, status: statusTag({ tone: 'info', label: t.pending }) })}
${errorSummary([{ field: 'email', message: t.emailError }], ui)}
${idCard({ number: 'F 0123 4567 89 07', name: 'ERIKSSON, ANNA MARIA', state: { label: t.read, tone: 'success' }, facts: [{ key: t.when, value: ui.formatDate('2026-11-22') }] }, ui)}
${card({
  title: t.title,
  body: liveStatus(
    {
      pollUrl: '/gallery/status',
      state: 'pending',
      body: progressSteps(
        {
          label: t.title,
          steps: [
            { label: t.passport, state: 'done', note: t.read },
            { label: t.visa, state: 'current', note: t.asking },
            { label: t.portrait, state: 'attention', note: t.emailError },
            { label: t.decision, state: 'waiting' },
          ],
        },
        ui,
      ),
    },
    ui,
  ),
})}
${alert({ tone: 'info', title: t.pending, body: t.lead })}${alert({ tone: 'success', body: t.read })}${alert({ tone: 'warning', title: t.visa, body: t.asking })}${alert({ tone: 'danger', body: t.emailError })}`;
}

function asking(t: (typeof SAMPLE)[Lang], ui: Ui): Html {
  return html`${form(
    {
      action: '/gallery',
      body: html`${textField({ name: 'email', label: t.email, hint: t.emailHint, error: t.emailError, value: 'anna@', type: 'email', autocomplete: 'email' })}
${codeField({ name: 'code', label: t.code, value: '123456' })}
${radioGroup({
  name: 'passport',
  legend: t.passport,
  value: 'chip',
  options: [
    { value: 'chip', label: t.passport, hint: t.read },
    { value: 'visa', label: t.visa },
  ],
})}
${checkboxGroup({
  name: 'shared',
  legend: t.what,
  values: ['name'],
  options: [
    { value: 'name', label: t.name },
    { value: 'visa', label: t.visa },
  ],
})}
${checkbox({ name: 'agree', label: t.agree })}
${selectField({ name: 'state', label: t.visa, empty: '–', options: [{ value: 'B', label: 'Non-immigrant B' }] })}
${textArea({ name: 'note', label: t.decision })}
${fileField({ name: 'scan', label: t.passport, accept: 'image/jpeg' })}
${buttonGroup(button({ label: t.create }), linkButton({ label: ui.t('common.form.back'), href: '/', variant: 'secondary' }), button({ label: ui.t('common.form.cancel'), variant: 'tertiary', type: 'button' }))}`,
    },
    ui,
  )}
${card({ title: t.signIn, body: passkeyForm({ kind: 'register', id: 'register', action: '/gallery/passkey', optionsUrl: '/gallery/options', label: t.signIn, fullWidth: true }, ui) })}
${card({ title: t.portrait, body: cameraCapture({ action: '/gallery/portrait' }, ui) })}`;
}

async function showing(t: (typeof SAMPLE)[Lang], ui: Ui): Promise<Html> {
  const code = raw(await QRCode.toString('https://id.example/h/7K3M', { type: 'svg', margin: 1 }));
  return html`${summaryList([
    { key: t.name, value: 'ERIKSSON, ANNA MARIA' },
    {
      key: t.email,
      value: 'anna@example.com',
      action: { href: '/', label: ui.t('common.form.change'), about: t.email },
    },
    { key: t.when, value: ui.formatDate(new Date('2026-11-22T07:05:00Z'), 'dateTime') },
  ])}
${table({
  caption: t.agency,
  columns: [{ label: t.agency }, { label: t.what }, { label: t.when, numeric: true }],
  rows: [
    [t.agency, t.name, ui.formatDate('2026-11-22', 'medium')],
    [t.agency, t.visa, ui.formatDate('2026-11-21', 'medium')],
  ],
})}
${cardGrid(card({ title: t.create, href: '/', body: t.lead }), card({ title: t.signIn, href: '/', body: t.emailHint, tinted: true }))}
${qr({ svg: code, label: t.passport, alternative: 'https://id.example/h/7K3M' })}
${copyText({ value: 'https://id.example/h/7K3M', label: t.passport }, ui)}
${emptyState({ title: t.pending, body: t.lead, action: linkButton({ label: t.create, href: '/', variant: 'secondary' }) })}
${confirmPanel({ title: t.read, body: t.lead, reference: { label: t.decision, value: 'C-7K3M-22' } })}`;
}
