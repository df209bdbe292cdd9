/** Colours a piece of text, or hands it back as it is when colours are off. */
export type Paint = (text: string) => string;

/** The few styles that flotilla's texts use. */
export interface Palette {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly cyan: Paint;
}

function paint(open: number, close: number): Paint {
  return (text) => (text === "" ? "" : `\u001b[${open}m${text}\u001b[${close}m`);
}

const COLORED: Palette = {
  bold: paint(1, 22),
  dim: paint(2, 22),
  red: paint(31, 39),
  green: paint(32, 39),
  yellow: paint(33, 39),
  cyan: paint(36, 39),
};

const asIs: Paint = (text) => text;
const PLAIN: Palette = { bold: asIs, dim: asIs, red: asIs, green: asIs, yellow: asIs, cyan: asIs };

/** The styles for an output: real ones when `color` is true, none otherwise. The caller has judged NO_COLOR and such. */
export function createPalette(color: boolean): Palette {
  return color ? COLORED : PLAIN;
}
