import type { PlotStyle, XRange } from '../charts/chart-options.js'
import type { Line } from '../charts/line-chart.js'
import { lineFiles } from '../charts/line-files.js'
import type { PlacedRun } from '../charts/series.js'
import type { DrawingFiles } from '../ui/save-drawing.js'

/** A chart among small multiples. */
export interface DrawnFacet {
  readonly name: string
  readonly lines: readonly Line[]
  readonly style: PlotStyle
  readonly xLabel: string
  readonly isLoading: boolean
  /** The points of all lines, also of those outside of the zoom. */
  readonly all: readonly (readonly PlacedRun[])[] | undefined
}

interface FilesOptions
  extends Pick<Parameters<typeof lineFiles>[0], 'title' | 'height' | 'format' | 'labels'> {
  /** The visible range of x. */
  readonly xRange: XRange | undefined
}

/** Small multiples as files: drawings below each other, and one table. */
export function facetFiles(facets: readonly DrawnFacet[], options: FilesOptions): DrawingFiles | undefined {
  const [first] = facets
  if (!first) return undefined
  const { title, xRange } = options
  const table = lineFiles({
    ...{ ...options, xLabel: first.xLabel, style: first.style },
    lines: facets.flatMap(({ name, lines }) =>
      lines.map((line) => ({ ...line, label: `${name} · ${line.label}` })),
    ),
  }).table
  const svg = async () => {
    const drawings = facets.map(({ name, lines, style, xLabel }) =>
      lineFiles({
        ...options,
        title: `${title}, ${name}`,
        lines,
        style,
        xLabel,
        range: xRange,
      }).svg?.(),
    )
    return stacked((await Promise.all(drawings)).filter((drawing) => drawing !== undefined))
  }
  return { table, svg }
}

/** One SVG document of several below each other. */
export function stacked(drawings: readonly string[]): string {
  let height = 0
  let width = 0
  const placed = drawings.map((drawing) => {
    const at = (name: string) => Number(new RegExp(`^<svg[^>]* ${name}="([\\d.]+)"`).exec(drawing)?.[1])
    const top = height
    height += at('height')
    width = Math.max(width, at('width'))
    return drawing.replace('<svg', `<svg y="${top}"`)
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${placed.join('')}</svg>`
}
