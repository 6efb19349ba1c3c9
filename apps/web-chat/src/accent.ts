/** Red, green and blue, 0 to 255. */
type Rgb = readonly [number, number, number];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** The hardest grounds for text in the accent's colour: see --sunken and --raised of the design. */
const LIGHT_GROUND: Rgb = [230, 235, 228];
const DARK_GROUND: Rgb = [30, 42, 38];
const DARKEST: Rgb = [14, 21, 19];
/** WCAG 2.2 AA for text. */
const READABLE = 4.5;

/**
 * The roles of the design's accent for any colour an embedding site chooses: whatever it is, what is written on it and
 * with it can be read, in light and in dark.
 */
export function accentRoles(colour: Rgb): Record<string, { light: string; dark: string }> {
  const light = colour;
  const onLight = bestOn(light);
  const dark = mix(colour, BLACK, 0.12);
  const tint = { light: mix(colour, WHITE, 0.88), dark: mix(colour, DARKEST, 0.8) };
  const pair = (inLight: Rgb, inDark: Rgb) => ({ light: css(inLight), dark: css(inDark) });
  return {
    accent: pair(light, dark),
    'accent-hover': pair(awayFrom(light, onLight), awayFrom(dark, bestOn(dark))),
    'on-accent': pair(onLight, bestOn(dark)),
    'accent-ink': pair(readable(colour, LIGHT_GROUND, tint.light), readable(colour, DARK_GROUND, tint.dark)),
    'accent-tint': pair(tint.light, tint.dark),
  };
}

/** Any colour that the browser knows, as numbers; undefined when it knows it not. */
function parseColour(text: string): Rgb | undefined {
  if (!CSS.supports('color', text)) return undefined;
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (canvas === null) return undefined;
  canvas.fillStyle = text;
  canvas.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = canvas.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}

/**
 * Gives the design's tokens, each of which reads one property for light and one for dark, the site's colour. What is no
 * colour changes nothing.
 */
export function applyAccent(colour: string | undefined, root: HTMLElement): void {
  const rgb = colour === undefined ? undefined : parseColour(colour);
  if (rgb === undefined) return;
  for (const [name, { light, dark }] of Object.entries(accentRoles(rgb))) {
    root.style.setProperty(`--given-${name}-light`, light);
    root.style.setProperty(`--given-${name}-dark`, dark);
  }
}

function luminance(colour: Rgb): number {
  const [red = 0, green = 0, blue = 0] = colour.map((byte) => {
    const value = byte / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** As WCAG 2.2 defines it: 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const at = (index: 0 | 1 | 2): number => Math.round(from[index] + (to[index] - from[index]) * share);
  return [at(0), at(1), at(2)];
}

function bestOn(colour: Rgb): Rgb {
  return contrast(colour, WHITE) >= READABLE ? WHITE : BLACK;
}

/** Further from what is written on it, so that it stays readable. */
function awayFrom(colour: Rgb, written: Rgb): Rgb {
  return mix(colour, written === WHITE ? BLACK : WHITE, 0.16);
}

/** The colour, darker or lighter by as little as makes it readable on both grounds, which are alike. */
function readable(colour: Rgb, ground: Rgb, other: Rgb): Rgb {
  const towards = luminance(ground) > 0.3 ? BLACK : WHITE;
  for (let share = 0; share < 1; share += 0.04) {
    const candidate = mix(colour, towards, share);
    if (Math.min(contrast(candidate, ground), contrast(candidate, other)) >= READABLE) return candidate;
  }
  return towards;
}

const css = (colour: Rgb): string => `#${colour.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
