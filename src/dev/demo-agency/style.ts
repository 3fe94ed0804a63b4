/** The look of a demo agency: its own house, not ours. */
export function agencyStyle(colour: string): string {
  return `
@font-face { font-family: 'Noto Sans Thai'; font-weight: 400; src: url(/fonts/thai-400.woff2); unicode-range: U+0E00-0E7F; }
@font-face { font-family: 'Noto Sans Thai'; font-weight: 600; src: url(/fonts/thai-600.woff2); unicode-range: U+0E00-0E7F; }
@font-face { font-family: 'Noto Sans'; font-weight: 400; src: url(/fonts/latin-400.woff2); unicode-range: U+0000-00FF, U+2000-206F; }
@font-face { font-family: 'Noto Sans'; font-weight: 600; src: url(/fonts/latin-600.woff2); unicode-range: U+0000-00FF, U+2000-206F; }
:root { color-scheme: light; --house: ${colour}; --ink: #1c2330; --soft: #5a6375; --edge: #d7dbe3; --paper: #f5f6f9; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--paper); font: 1.0625rem/1.6 'Noto Sans', 'Noto Sans Thai', system-ui, sans-serif; }
.demo { margin: 0; padding: .45rem 1rem; background: #fde68a; color: #422006; font-size: .9rem; text-align: center; }
.demo strong { margin-right: .4rem; }
header { background: var(--house); color: #fff; }
.bar { display: flex; align-items: center; gap: .9rem; max-width: 60rem; margin: 0 auto; padding: 1rem; }
.bar svg { flex: none; width: 3rem; height: 3rem; padding: .45rem; border: 2px solid #ffffff90; border-radius: 50%; }
.bar p { margin: 0; line-height: 1.25; flex: 1; } .bar small { display: block; opacity: .9; }
.bar b { font-size: 1.15rem; font-weight: 600; }
.bar a { color: #fff; padding: .5rem; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { margin: 0 0 .5rem; font-size: clamp(1.6rem, 5vw, 2.3rem); line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 2rem 0 .6rem; font-size: 1.2rem; }
.pitch { margin: 0 0 1.6rem; font-size: 1.2rem; color: var(--soft); max-width: 34rem; }
.card { background: #fff; border: 1px solid var(--edge); border-radius: .8rem; padding: 1.4rem; box-shadow: 0 1px 3px #0001; }
.start { max-width: 34rem; } .start p { margin: .8rem 0 0; color: var(--soft); }
.button { display: inline-flex; align-items: center; justify-content: center; gap: .6rem; min-height: 3rem; padding: .5rem 1.4rem; border: 2px solid var(--house);
  border-radius: .6rem; background: #fff; color: var(--house); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; }
.button.main { width: 100%; border-color: #143a73; background: #143a73; color: #fff; font-size: 1.1rem; }
.button:hover { filter: brightness(.94); }
:focus-visible { outline: 3px solid #f59e0b; outline-offset: 2px; }
details { margin-top: 1.4rem; } summary { cursor: pointer; color: var(--soft); padding: .4rem 0; }
details .button { margin-top: .6rem; } fieldset { border: 0; margin: .4rem 0; padding: 0; } legend { padding: 0; font-weight: 600; }
label { display: flex; gap: .6rem; align-items: baseline; padding: .45rem 0; } input { accent-color: var(--house); width: 1.1rem; height: 1.1rem; flex: none; }
dl { margin: 0; } .row { display: grid; grid-template-columns: minmax(9rem, 15rem) 1fr; gap: .2rem 1.2rem; padding: .7rem 0; border-bottom: 1px solid var(--edge); }
.row:last-child { border-bottom: 0; } dt { color: var(--soft); } dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
dd small { display: block; font-weight: 400; color: var(--soft); }
code { font-family: ui-monospace, 'SFMono-Regular', Menlo, monospace; font-size: .93em; font-weight: 400; }
pre { overflow-x: auto; margin: .4rem 0 0; padding: 1rem; border-radius: .6rem; background: #10192b; color: #e6ecf7; font-size: .85rem; line-height: 1.5; }
.actions { display: flex; flex-wrap: wrap; gap: .7rem; margin-top: 1.6rem; } .actions form { margin: 0; }
.note { border-left: .4rem solid #15803d; background: #f0fdf4; padding: .6rem 1rem; margin: 0 0 1rem; }
.alert { border-left: .4rem solid #b91c1c; background: #fef2f2; padding: .8rem 1rem; margin: 0 0 1.4rem; }
@media (max-width: 34rem) { .row { grid-template-columns: 1fr; } .actions .button, .actions form { width: 100%; } }
`;
}
