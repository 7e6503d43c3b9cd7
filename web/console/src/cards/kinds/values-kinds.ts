import type { CardKind } from '../card.js'
import { bar } from './bar.js'
import { box } from './box.js'
import { contour } from './contour.js'
import { difference } from './difference.js'
import type { ValuesKind } from './drawing.js'
import { histogram } from './histogram.js'
import { parallel } from './parallel.js'
import { scatter } from './scatter.js'

/** The kinds that ECharts draws from the latest values of runs. */
export const VALUES_KINDS: Readonly<Partial<Record<CardKind, ValuesKind>>> = {
  bar,
  scatter,
  parallel,
  box,
  histogram,
  contour,
  difference,
}
