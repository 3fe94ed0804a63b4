import type { Shot } from './take-photo.ts';

/** What can go wrong with a photo, each by its name: first what a zone is still read under, then what ruins it. */
export const damages = {
  none: {},
  rotated: { rotation: 9, fill: 0.8 },
  'upside-down': { rotation: 180 },
  sideways: { rotation: 90, width: 1200, height: 1600, fill: 1.1 },
  tilted: { tiltAcross: 0.22, tiltAlong: 0.2, fill: 0.78 },
  bulged: { bulge: 0.035 },
  soft: { blur: 1.8 },
  shaken: { shake: 4 },
  grainy: { noise: 22 },
  dim: { contrast: 0.35 },
  shadowed: { shadow: { at: 0.5, strength: 0.6 } },
  squeezed: { jpegQuality: 25 },
  shiny: { glare: { x: 0.35, y: 0.8, radius: 0.1, strength: 0.4 } },
  phone: {
    rotation: -4,
    tiltAcross: 0.08,
    tiltAlong: 0.1,
    bulge: 0.01,
    fill: 0.84,
    blur: 1,
    noise: 8,
    contrast: 0.8,
    shadow: { at: 0.8, strength: 0.25 },
    jpegQuality: 70,
  },
  blurred: { blur: 9 },
  glaring: { glare: { x: 0.45, y: 0.82, radius: 0.13, strength: 1 } },
  cut: { shiftX: 0.2 },
  'cut-below': { shiftY: 0.2 },
  absent: { shiftY: 0.35 },
  small: { fill: 0.17, blur: 0.6 },
  dark: { shadow: { at: 0.4, strength: 0.985 } },
} as const satisfies Record<string, Partial<Shot>>;

export type Damage = keyof typeof damages;
