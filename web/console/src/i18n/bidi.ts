/** Characters that change the direction of the text behind them, to the end of its line. */
const CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/

const [ISOLATE, END] = ['\u2066', '\u2069']

/** A name whose directional characters do not reach the text around it. Other names stay as they are. */
export function isolated(text: string): string {
  if (!CONTROLS.test(text)) return text
  // Each unmatched end would close the isolate.
  return `${ISOLATE}${text.replaceAll(/[\u2066-\u2069]/g, '')}${END}`
}
