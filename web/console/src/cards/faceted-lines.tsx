import { useCallback, useEffect, useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { XRange } from '../charts/chart-options.js'
import { CurvePlot } from '../charts/curve-plot.js'
import type { CurveRun } from '../charts/curve-run.js'
import type { CurveView } from '../charts/curve-view.js'
import { lineLabels } from '../charts/line-labels.js'
import { useCurves, useZoom } from '../charts/use-curves.js'
import { clampRange } from '../charts/zoom.js'
import { useFormat } from '../i18n/format.js'
import { Failure } from '../ui/states.js'
import { useSize } from '../ui/use-size.js'
import type { CardBodyProps } from './card-body.js'
import { useCards } from './cards-context.js'
import { columnLabel } from './column-label.js'
import { type DrawnFacet, facetFiles } from './facet-files.js'
import { type Facet, facetsOf, sharedXRange, withSharedRange } from './facets.js'
import { useRunValues } from './use-run-values.js'

const MAX_FACETS = 12
const MIN_PX = 120
/** As in the style sheet. */
const MIN_COLUMN_PX = 220
const HEADING_PX = 26

const columnsIn = (width: number) => Math.max(1, Math.floor(width / MIN_COLUMN_PX))

interface FacetedLinesProps extends CardBodyProps {
  readonly metrics: readonly string[]
  readonly runs: readonly CurveRun[]
  readonly view: CurveView
  /** The id of the column whose values the facets have. */
  readonly column: string
}

/** Lines in a chart for each value of a column. All have the same ranges of x and y, and zoom together. */
export function FacetedLines({ metrics, runs, view, column, ...card }: FacetedLinesProps) {
  const { title, height, asTable, files, onBusy, onZoom } = card
  const { t } = useTranslation()
  const format = useFormat()
  const { runs: all } = useCards()
  const [grid, { width }] = useSize<HTMLDivElement>()
  const columns = useMemo(() => [column], [column])
  const { values, failed } = useRunValues(all, columns)
  const facets = useMemo(() => (values ? facetsOf(runs, values, column) : []), [runs, values, column])
  const shown = useMemo(() => facets.slice(0, MAX_FACETS), [facets])
  const [drawn, setDrawn] = useState<ReadonlyMap<string, DrawnFacet>>(new Map())
  const onDrawn = useCallback(
    (value: string, facet: DrawnFacet | undefined) =>
      setDrawn((now) => {
        const next = new Map(now)
        if (facet) next.set(value, facet)
        else next.delete(value)
        return next
      }),
    [],
  )
  const { yMin, yMax } = useMemo(() => withSharedRange(view, [...drawn.values()]), [view, drawn])
  const [zoom, setZoom] = useZoom(view)
  const xRange = useMemo(() => zoom ?? sharedXRange([...drawn.values()]), [zoom, drawn])
  const changeZoom = useCallback(
    (wanted: XRange | undefined) =>
      setZoom(
        wanted &&
          clampRange(
            wanted,
            [...drawn.values()].flatMap(({ all = [] }) => all.flat()),
          ),
      ),
    [setZoom, drawn],
  )
  // A new view makes new lines, so it may change with the numbers only: the lines change `drawn`.
  const shared = useMemo(() => ({ ...view, yMin, yMax }), [view, yMin, yMax])
  const isBusy = !values || drawn.size < shown.length || [...drawn.values()].some((one) => one.isLoading)
  useEffect(() => onBusy(isBusy), [onBusy, isBusy])
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for a zoom, whatever its range
  useEffect(() => onZoom(zoom && (() => setZoom(undefined))), [onZoom, setZoom, zoom === undefined])
  useEffect(() => {
    const inOrder = shown.flatMap(({ value }) => drawn.get(value) ?? [])
    files.current = facetFiles(inOrder, { title, height, format, xRange, labels: lineLabels(t) })
  }, [files, shown, drawn, xRange, title, height, t, format])
  if (failed) return <Failure error={failed.error} retry={() => void failed.refetch()} />
  const rows = Math.max(1, Math.ceil(shown.length / columnsIn(width)))
  const facetHeight = Math.max(MIN_PX, Math.floor(height / rows) - HEADING_PX)
  return (
    <>
      <div
        ref={grid}
        className="facets"
        style={{ height }}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: must be reachable to scroll
        tabIndex={0}
      >
        {shown.map((facet) => (
          <FacetChart
            key={facet.value}
            {...{ facet, column, metrics, title, asTable, zoom, changeZoom, onDrawn }}
            view={shared}
            xRange={xRange}
            height={facetHeight}
          />
        ))}
      </div>
      {facets.length > MAX_FACETS && (
        <figcaption>{t('cards.firstFacets', { count: MAX_FACETS, total: facets.length })}</figcaption>
      )}
    </>
  )
}

interface FacetChartProps extends Pick<FacetedLinesProps, 'column' | 'metrics' | 'title' | 'view'> {
  readonly facet: Facet
  readonly xRange: XRange | undefined
  readonly zoom: XRange | undefined
  readonly changeZoom: (wanted: XRange | undefined) => void
  readonly height: number
  readonly asTable: boolean
  /** Called with what is drawn, and with undefined when the facet disappears. */
  readonly onDrawn: (value: string, drawn: DrawnFacet | undefined) => void
}

function FacetChart(props: FacetChartProps) {
  const { facet, xRange, column, metrics, title, view, height, asTable, zoom, changeZoom, onDrawn } = props
  const { t } = useTranslation()
  const heading = useId()
  const { value, runs } = facet
  const name = t('cards.facet', { column: columnLabel(column), value: value || '–' })
  const curves = useCurves({ metrics, runs, view, enabled: true, shared: { zoom, changeZoom } })
  const { lines, style, xLabel, all, isLoading, isReady, failed } = curves
  const isDrawn = isReady || failed !== undefined
  useEffect(() => {
    if (isDrawn) onDrawn(value, { name, lines, style, xLabel, isLoading, all })
  }, [onDrawn, value, name, lines, style, xLabel, isLoading, all, isDrawn])
  useEffect(() => () => onDrawn(value, undefined), [onDrawn, value])
  return (
    <section className="facet" aria-labelledby={heading}>
      <h4 id={heading} className="truncate" title={name}>
        {name} <span className="muted">{runs.length}</span>
      </h4>
      <CurvePlot title={`${title}, ${name}`} {...{ curves, asTable, height, xRange }} />
    </section>
  )
}
