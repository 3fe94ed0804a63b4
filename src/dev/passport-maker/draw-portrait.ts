import sharp from 'sharp';
import type { PortraitLook } from '../demo-people.ts';

/** Width to height as on a data page (Doc 9303-3 §3.9.1.1). */
export const portraitSize = { width: 413, height: 531 } as const;

/** A drawn portrait as a JPEG of about 15 kB: nobody's face, so that nobody's face is in the project. */
export async function drawPortrait(look: PortraitLook): Promise<Buffer> {
  return sharp(Buffer.from(portraitSvg(look)))
    .jpeg({ quality: 82 })
    .toBuffer();
}

export function portraitSvg(look: PortraitLook): string {
  const { width, height } = portraitSize;
  const { back, front } = hairOf(look);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 413 531">
  <defs>
    <radialGradient id="light" cx="0.42" cy="0.35" r="0.75">
      <stop offset="0" stop-color="#fff" stop-opacity="0.32"/>
      <stop offset="1" stop-color="#000" stop-opacity="0.14"/>
    </radialGradient>
  </defs>
  <rect width="413" height="531" fill="${look.background}"/>
  <rect width="413" height="531" fill="url(#light)"/>
  ${back}
  <path d="M20 531 C30 440 110 420 160 404 L253 404 C303 420 383 440 393 531 Z" fill="${look.clothes}"/>
  <path d="M160 404 C175 440 238 440 253 404 L246 340 L167 340 Z" fill="${look.skin}"/>
  <path d="M167 356 C190 388 223 388 246 356 L248 380 C226 404 187 404 165 380 Z" fill="#000" opacity="0.10"/>
  <ellipse cx="118" cy="262" rx="15" ry="27" fill="${look.skin}"/>
  <ellipse cx="295" cy="262" rx="15" ry="27" fill="${look.skin}"/>
  <path d="M120 232 C118 152 156 118 206.500 118 C257 118 295 152 293 232 C292 318 252 376 206.500 376 C161 376 121 318 120 232 Z" fill="${look.skin}"/>
  <path d="M120 232 C118 152 156 118 206.500 118 C257 118 295 152 293 232 C292 318 252 376 206.500 376 C161 376 121 318 120 232 Z" fill="url(#light)"/>
  ${front}
  ${eye(168)}${eye(245)}
  <path d="M148 219 Q168 207 190 216" stroke="${look.hair}" stroke-width="6" fill="none" stroke-linecap="round"/>
  <path d="M223 216 Q245 207 265 219" stroke="${look.hair}" stroke-width="6" fill="none" stroke-linecap="round"/>
  <path d="M206 246 C204 270 196 284 196 289 Q206 297 218 289" stroke="#000" stroke-opacity="0.28" stroke-width="4" fill="none" stroke-linecap="round"/>
  <path d="M176 325 Q206 317 237 325 Q206 346 176 325 Z" fill="#a8504c" opacity="0.85"/>
  ${look.glasses ? GLASSES : ''}
</svg>`;
}

function eye(x: number): string {
  return `<ellipse cx="${x}" cy="245" rx="17" ry="10" fill="#fff"/>
  <circle cx="${x}" cy="245" r="8.500" fill="#4a3526"/><circle cx="${x}" cy="245" r="4" fill="#000"/>
  <circle cx="${x + 3}" cy="242" r="2" fill="#fff"/>`;
}

const GLASSES = `<g fill="none" stroke="#2b2b2b" stroke-width="5">
  <rect x="140" y="226" width="56" height="42" rx="16"/><rect x="217" y="226" width="56" height="42" rx="16"/>
  <path d="M196 240 Q206 234 217 240 M140 240 L122 236 M273 240 L291 236"/></g>`;

function hairOf({ hair, hairStyle }: PortraitLook): { back: string; front: string } {
  const fringe = `<path d="M114 244 C104 138 152 88 208 90 C266 90 309 138 299 244 C292 196 274 172 240 164 C196 158 150 172 132 196 C122 212 118 226 114 244 Z" fill="${hair}"/>`;
  switch (hairStyle) {
    case 'long':
      return {
        back: `<path d="M96 432 C82 300 84 92 208 88 C330 92 332 300 318 432 C300 446 268 446 256 430 L156 430 C144 446 112 446 96 432 Z" fill="${hair}"/>`,
        front: fringe,
      };
    case 'bob':
      return {
        back: `<path d="M98 346 C80 190 120 86 208 86 C294 86 334 190 316 346 C296 362 268 356 262 340 L152 340 C146 356 118 362 98 346 Z" fill="${hair}"/>`,
        front: `<path d="M112 262 C100 140 150 88 208 90 C266 88 314 140 302 262 C298 222 290 204 282 190 L132 190 C124 204 116 222 112 262 Z" fill="${hair}"/>`,
      };
    case 'short':
      return { back: '', front: fringe };
    case 'curly': {
      const curls = [
        [128, 178, 30],
        [146, 138, 34],
        [182, 114, 36],
        [222, 112, 36],
        [258, 132, 34],
        [284, 172, 30],
        [206, 146, 34],
        [168, 160, 26],
        [246, 160, 26],
      ]
        .map(([x, y, r]) => `<circle cx="${x}" cy="${y}" r="${r}"/>`)
        .join('');
      return { back: '', front: `<g fill="${hair}">${curls}</g>` };
    }
  }
}
