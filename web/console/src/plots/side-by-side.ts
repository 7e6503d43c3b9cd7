import { textStyle } from '../cards/kinds/axes.js'
import type { Paint } from '../cards/paint.js'

/** More plots beside each other are too small to read. */
export const MAX_PLOTS = 4

/** Between an axis and its name. */
export const X_NAME_GAP = 24
export const Y_NAME_GAP = 40

const TITLE_SHARE = 10
const GAP_SHARE = 2

/** Grids and titles of plots beside each other, in two rows from three on. Labels of axes stay inside of the grids. */
export function sideBySide(names: readonly string[], paint: Paint) {
  const columns = Math.min(2, names.length)
  const rows = Math.ceil(names.length / columns)
  const [width, height] = [100 / columns, 100 / rows]
  const places = names.map((_, i) => ({
    left: (i % columns) * width,
    top: Math.floor(i / columns) * height,
  }))
  const hasTitles = names.length > 1
  const percent = (share: number) => `${share}%`
  return {
    grid: places.map(({ left, top }) => ({
      left: percent(left + GAP_SHARE),
      width: percent(width - 2 * GAP_SHARE),
      top: percent(top + (hasTitles ? TITLE_SHARE : GAP_SHARE)),
      height: percent(height - (hasTitles ? TITLE_SHARE : GAP_SHARE) - GAP_SHARE),
      outerBoundsMode: 'same',
      outerBoundsContain: 'all',
    })),
    title: places.map(({ left, top }, i) => ({
      ...{ left: percent(left + GAP_SHARE), top: percent(top), padding: [8, 0, 0, 0] },
      text: hasTitles ? names[i]! : '',
      textStyle: { ...textStyle(paint, 12), color: paint.text, width: 220, overflow: 'truncate' },
    })),
  }
}
