import { describe, expect, it } from 'vitest';
import { attribute, html, raw, render } from '../../views/html.ts';
import type { HtmlValue } from '../../views/html.ts';
import { richText } from '../../views/rich-text.ts';

/** Attack covered: a name, an address or a document field that carries markup into a page (stored and reflected XSS). */
const ATTACKS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</textarea><script>alert(1)</script>',
  '&lt;b&gt; already escaped',
];

describe('the html tag', () => {
  it.each(ATTACKS)('escapes %s in text and in attributes', (attack) => {
    const text = render(html`<p title="${attack}">${attack}</p>`);
    const inside = text.slice('<p title="'.length, -'</p>'.length);
    expect(inside.replace('">', '')).not.toMatch(/[<>"']/);
    expect(text).toContain('&');
  });

  it('does not escape markup of its own twice', () => {
    expect(render(html`<p>${html`<b>${'a & b'}</b>`}</p>`)).toBe('<p><b>a &amp; b</b></p>');
  });

  it('flattens lists, also lists in lists', () => {
    expect(render(html`${['<', [html`<i>x</i>`, 3]]}`)).toBe('&lt;<i>x</i>3');
  });

  it('renders nothing for null, undefined, false and true, but 0', () => {
    expect(render(html`[${null}${undefined}${false}${true}${0}]`)).toBe('[0]');
  });

  it('refuses objects that only claim to be markup', () => {
    const parsed = JSON.parse('{"isEscaped":true,"length":1}') as HtmlValue;
    expect(() => html`${parsed}`).toThrow(TypeError);
    expect(() => html`${[[parsed]]}`).toThrow(TypeError);
  });

  it('takes raw markup as it is', () => {
    expect(render(html`${raw('<svg></svg>')}`)).toBe('<svg></svg>');
  });
});

describe('attribute', () => {
  it('leaves out null, undefined and false, names true, escapes the rest', () => {
    expect(render(html`<a${attribute('b', null)}${attribute('c', false)}>`)).toBe('<a>');
    expect(render(html`<a${attribute('hidden', true)}>`)).toBe('<a hidden>');
    expect(render(html`<a${attribute('title', '"x"')}>`)).toBe('<a title="&quot;x&quot;">');
  });
});

describe('richText', () => {
  it('puts markup at the named places and escapes everything else', () => {
    const made = richText('A <b>&</b> <link>go "there"</link> <other>x</other>', {
      link: (inner) => html`<a href="/x">${inner}</a>`,
    });
    expect(render(made)).toBe(
      'A &lt;b&gt;&amp;&lt;/b&gt; <a href="/x">go &quot;there&quot;</a> &lt;other&gt;x&lt;/other&gt;',
    );
  });
});
