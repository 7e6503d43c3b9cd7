import { useContext, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { NO_BRUSHES } from '../cards/brush.js'
import type { Card } from '../cards/card.js'
import { CardBody, heightOf } from '../cards/card-frame.js'
import { cardTitle } from '../cards/card-title.js'
import { CardsContext } from '../cards/cards-context.js'
import { curveRunsOf } from '../cards/curve-runs.js'
import { useKeysOf } from '../cards/use-keys-of.js'
import { Legend } from '../charts/legend.js'
import { useInView } from '../charts/use-in-view.js'
import type { Grouping } from '../runs/grouping.js'
import type { RunRow } from '../runs/row.js'
import { colourOf } from '../runs/run-appearance.js'
import { keptColours, onColoursChange } from '../runs/run-colours.js'
import { useVisibleRuns } from '../runs/use-visible-runs.js'
import type { DrawingFiles } from '../ui/save-drawing.js'
import { ReportCharts } from './report-charts.js'
import '../charts/charts.css'
import '../cards/cards.css'

interface BlockCardProps {
  readonly card: Card
  readonly rows: readonly RunRow[]
  readonly groupBy: readonly Grouping[]
  readonly line: number
}

/** A card outside of a panel, drawn while it is in view or printed. */
export function BlockCard({ card, rows, groupBy, line }: BlockCardProps) {
  const { t } = useTranslation()
  const [asTable, setAsTable] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [ref, isInView] = useInView<HTMLDivElement>()
  const files = useRef<DrawingFiles>(undefined)
  const charts = useContext(ReportCharts)
  useEffect(() => {
    charts.files.set(line, files)
    return () => void charts.files.delete(line)
  }, [charts.files, line])
  const kept = useSyncExternalStore(onColoursChange, keptColours)
  const appearances = useMemo(
    () => new Map(rows.map((row) => [row.info.run_id, { color: colourOf(row, kept), visible: true }])),
    [rows, kept],
  )
  const runs = useVisibleRuns(rows, appearances, groupBy)
  const keys = useKeysOf(card.kind === 'importance' ? runs : [])
  const { metrics = NONE, params = NONE } = keys.data ?? {}
  const context = useMemo(
    () => ({
      ...{ runs, curveRuns: curveRunsOf(runs, groupBy.length > 0), view: {}, metrics, params },
      ...{ brushes: NO_BRUSHES, within: undefined, onBrush: undefined, reportSource: undefined },
    }),
    [runs, groupBy, metrics, params],
  )
  const title = cardTitle(card, t)
  const height = heightOf(card)
  return (
    <div ref={ref} className="curve-card" aria-busy={isBusy}>
      <header>
        <h3>{title}</h3>
        <button type="button" className="button ghost small no-print" onClick={() => setAsTable(!asTable)}>
          {t(asTable ? 'reports.asChart' : 'reports.asTable')}
        </button>
      </header>
      {card.kind === 'line' && !asTable && <Legend runs={context.curveRuns} />}
      {isInView || charts.all ? (
        <CardsContext value={context}>
          <CardBody {...{ card, title, height, asTable, files, onZoom: ignore }} onBusy={setBusy} />
        </CardsContext>
      ) : (
        <div style={{ height }} />
      )}
    </div>
  )
}

const NONE: readonly never[] = []
const ignore = () => undefined
