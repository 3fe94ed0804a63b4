import type { NavItem } from '../layout.ts';
import type { Ui } from '../ui.ts';

export type ConsolePlace = 'cases' | 'people';

/** The menu of the console. */
export function consoleNav(ui: Ui, current: ConsolePlace): NavItem[] {
  const item = (place: ConsolePlace) => ({
    href: `/console/${place}`,
    label: ui.t(`admin.nav.${place}`),
    current: place === current,
  });
  return [item('cases'), item('people')];
}
