import type { NavItem } from '../layout.ts';
import type { Ui } from '../ui.ts';

export type PortalPlace = 'home' | 'services' | 'passkeys' | 'sessions';

/** The menu of the foreigner's own pages. */
export function portalNav(ui: Ui, current: PortalPlace): NavItem[] {
  const item = (place: PortalPlace) => ({
    href: `/${place}`,
    label: ui.t(`portal.nav.${place}`),
    current: place === current,
  });
  return [item('home'), item('services'), item('passkeys'), item('sessions')];
}
