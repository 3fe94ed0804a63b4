import type { NavItem } from '../layout.ts';
import type { Ui } from '../ui.ts';

export type ConsolePlace =
  | 'cases'
  | 'counter'
  | 'appeals'
  | 'corrections'
  | 'alerts'
  | 'people'
  | 'proposals'
  | 'adjudications'
  | 'holds'
  | 'anchors'
  | 'stay-rules';

/** Who works at each place; the guards of src/routes.ts decide, this only hides what would be refused. */
const WORKERS: Record<ConsolePlace, readonly string[]> = {
  cases: ['officer', 'supervisor'],
  counter: ['officer', 'supervisor'],
  appeals: ['officer', 'supervisor'],
  corrections: ['officer', 'supervisor'],
  alerts: ['security_officer'],
  people: ['registrar', 'supervisor'],
  adjudications: ['registrar', 'supervisor'],
  proposals: ['registrar', 'supervisor'],
  holds: ['registrar', 'supervisor'],
  anchors: ['security_officer', 'supervisor', 'registrar'],
  'stay-rules': ['registrar', 'supervisor'],
};

/** The menu of the console: the places where this officer works. */
export function consoleNav(ui: Ui, current: ConsolePlace): NavItem[] {
  const roles = ui.officer?.roles ?? [];
  const places = (
    [
      'cases',
      'counter',
      'appeals',
      'corrections',
      'alerts',
      'people',
      'adjudications',
      'proposals',
      'holds',
      'anchors',
      'stay-rules',
    ] as const
  ).filter((place) => WORKERS[place].some((role) => roles.includes(role)));
  return places.map((place) => ({
    href: `/console/${place}`,
    label: ui.t(`admin.nav.${place}`),
    current: place === current,
  }));
}
