/** How a run is drawn: its colour, and whether its eye is open. */
export interface RunAppearance {
  readonly color: string
  readonly visible: boolean
}

const COLOURS = 8

/** The colour of a run that nobody chose: one of the theme, by its id, so that it is the same in every table and chart. */
export function defaultColour(runId: string): string {
  let hash = 0
  for (let i = 0; i < runId.length; i++) hash = (Math.imul(hash, 31) + runId.charCodeAt(i)) | 0
  return `var(--series-${(hash >>> 0) % COLOURS})`
}
