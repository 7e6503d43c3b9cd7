import { type ReactNode, useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { ComparedKey } from '../api/runs.js'
import { seriesStyle } from '../charts/series-style.js'
import { type RunRow, runName } from '../runs/row.js'
import { ScrollArea } from '../ui/scroll-area.js'
import { Space, useGridWindow } from './use-grid-window.js'
import { type RowsOf, useKeyValues } from './use-key-values.js'

const ROW_PX = 34
const COLUMN_PX = 160
const KEY_PX = 220

interface ComparisonTableProps {
  readonly title: string
  readonly kind: 'metrics' | 'params'
  readonly rows: readonly RunRow[]
  readonly keys: readonly ComparedKey[]
  /** Includes keys that are equal in all runs. */
  readonly all: boolean
  readonly label: (key: string) => string
  /** The cells of a key, by index of the run. */
  readonly cells: (key: string, values: ReadonlyMap<string, RunRow>) => (run: number) => ReactNode
}

/** One row per key, one column per run. Renders and loads only what is in view. */
export function ComparisonTable(props: ComparisonTableProps) {
  const { title, rows, keys, all } = props
  const { t } = useTranslation()
  const heading = useId()
  const shown = keys.filter(({ differs, count }) => all || differs || count < rows.length)
  const same = keys.length - shown.length
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{title}</h2>
        {same > 0 && <span className="muted">{t('compare.same', { count: same })}</span>}
      </header>
      {shown.length === 0 ? (
        <p className="body muted">{keys.length > 0 ? t('compare.noDifferences') : t('compare.noneLogged')}</p>
      ) : (
        <Grid {...props} keys={shown} />
      )}
    </section>
  )
}

function Grid({ title, kind, rows, keys, label, cells }: ComparisonTableProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const grid = useGridWindow({
    ...{ scroller, rows: keys.length, columns: rows.length },
    ...{ rowPx: ROW_PX, columnPx: COLUMN_PX, stickyPx: KEY_PX },
  })
  const rowsOf = useKeyValues({
    ids: rows.map(({ info }) => info.run_id),
    kind,
    keys: keys.map(({ key }) => key),
    first: grid.rows[0] ?? 0,
    last: grid.rows.at(-1) ?? 0,
  })
  const { before, after } = grid.horizontal
  return (
    <ScrollArea className="comparison-scroll" scroller={scroller}>
      <table
        aria-label={title}
        className="list comparison"
        aria-rowcount={keys.length + 1}
        aria-colcount={rows.length + 1}
        style={{ width: KEY_PX + rows.length * COLUMN_PX }}
      >
        <RunsHead
          rows={rows}
          columns={grid.columns}
          before={before}
          after={after}
          isNumeric={kind === 'metrics'}
        />
        <tbody>
          <Space px={grid.vertical.before} />
          {grid.rows.map((index) => {
            const { key } = keys[index]!
            return (
              <tr key={key} aria-rowindex={index + 2}>
                <th scope="row" title={key} className="truncate">
                  {label(key)}
                </th>
                <Cells
                  columns={grid.columns}
                  {...{ before, after }}
                  isNumeric={kind === 'metrics'}
                  cell={cellsOf(rowsOf, key, cells)}
                />
              </tr>
            )
          })}
          <Space px={grid.vertical.after} />
        </tbody>
      </table>
    </ScrollArea>
  )
}

const cellsOf = (rowsOf: RowsOf, key: string, cells: ComparisonTableProps['cells']) => {
  const values = rowsOf(key)
  return values ? cells(key, values) : () => <span className="muted">…</span>
}

interface ColumnsProps {
  readonly columns: readonly number[]
  readonly before: number
  readonly after: number
  readonly isNumeric: boolean
}

function RunsHead({
  rows,
  columns,
  before,
  after,
  isNumeric,
}: ColumnsProps & { readonly rows: readonly RunRow[] }) {
  const { t } = useTranslation()
  return (
    <thead>
      <tr aria-rowindex={1}>
        <th scope="col">{t('compare.key')}</th>
        {before > 0 && <td role="presentation" style={{ width: before }} />}
        {columns.map((index) => {
          const { info } = rows[index]!
          return (
            <th scope="col" key={info.run_id} aria-colindex={index + 2} className={isNumeric ? 'number' : ''}>
              <span className="truncate" title={runName(info)}>
                <span className="swatch" style={{ background: seriesStyle(index).colour }} />
                {runName(info)}
              </span>
            </th>
          )
        })}
        {after > 0 && <td role="presentation" style={{ width: after }} />}
      </tr>
    </thead>
  )
}

function Cells({
  columns,
  before,
  after,
  isNumeric,
  cell,
}: ColumnsProps & { readonly cell: (run: number) => ReactNode }) {
  return (
    <>
      {before > 0 && <td role="presentation" />}
      {columns.map((index) => (
        <td key={index} aria-colindex={index + 2} className={isNumeric ? 'number' : ''}>
          {cell(index)}
        </td>
      ))}
      {after > 0 && <td role="presentation" />}
    </>
  )
}
