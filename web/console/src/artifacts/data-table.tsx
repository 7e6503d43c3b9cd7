import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/icon.js'
import { saveFile } from '../ui/save-file.js'
import { ScrollArea } from '../ui/scroll-area.js'
import { SearchField } from '../ui/search-field.js'
import { cellText, isImageCell, type TableData } from './json-table.js'
import { arrangedRows, type TableOrder, tableToCsv } from './table-rows.js'

const ROW = 34
const IMAGE_ROW = 76
const MAX_DIGITS = 12

interface DataTableProps {
  readonly name: string
  readonly data: TableData
  /** The URL of an image that a cell names. */
  readonly fileUrl?: (path: string) => string
  /** Says which part of the file is shown. */
  readonly note?: ReactNode
}

/** A table of any size, sorted by its headers and searched. Only the rows in view are in the page. */
export function DataTable({ name, data, fileUrl, note }: DataTableProps) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const [order, setOrder] = useState<TableOrder>()
  const rows = useMemo(() => arrangedRows(data, search, order), [data, search, order])
  return (
    <div className="data-table">
      <div className="viewer-tools">
        <SearchField label={t('viewer.searchRows')} value={search} onChange={setSearch} />
        <span className="muted" role="status">
          {t('viewer.rows', { count: rows.length })}
          {search && ` / ${t('viewer.rows', { count: data.rows.length })}`}
        </span>
        {note && <span className="muted">{note}</span>}
        <button
          type="button"
          className="button ghost small"
          onClick={() => saveFile(`${name}.csv`, tableToCsv({ ...data, rows }), 'text/csv')}
        >
          <Icon name="download" size={14} />
          {t('viewer.saveCsv')}
        </button>
      </div>
      <Rows data={data} rows={rows} order={order} onOrder={setOrder} fileUrl={fileUrl} />
    </div>
  )
}

interface RowsProps {
  readonly data: TableData
  readonly rows: TableData['rows']
  readonly order: TableOrder | undefined
  readonly onOrder: (order: TableOrder | undefined) => void
  readonly fileUrl: DataTableProps['fileUrl']
}

function Rows({ data, rows, order, onOrder, fileUrl }: RowsProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const isNumeric = (at: number) => typeof (data.rows[0]?.[at] ?? data.rows[1]?.[at]) === 'number'
  const hasImages = useMemo(() => data.rows.slice(0, 50).some((row) => row.some(isImageCell)), [data])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (hasImages ? IMAGE_ROW : ROW),
    overscan: 10,
  })
  const shown = virtual.getVirtualItems()
  const before = shown[0]?.start ?? 0
  const after = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0)
  return (
    <ScrollArea className="table-scroll" scroller={scroller}>
      <table className="list" aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {data.columns.map((column, index) => (
              <ColumnHeader
                // biome-ignore lint/suspicious/noArrayIndexKey: columns may have equal names
                key={index}
                isNumeric={isNumeric(index)}
                {...{ name: column, index, order, onOrder }}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <Spacer height={before} />}
          {shown.map(({ index }) => (
            <tr key={index} aria-rowindex={index + 2} style={{ height: hasImages ? IMAGE_ROW : ROW }}>
              {data.columns.map((_, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: cells have no identity but their place
                <Cell key={at} cell={rows[index]?.[at]} fileUrl={fileUrl} />
              ))}
            </tr>
          ))}
          {after > 0 && <Spacer height={after} />}
        </tbody>
      </table>
    </ScrollArea>
  )
}

const Spacer = ({ height }: { height: number }) => (
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row is not focusable
  <tr aria-hidden="true" style={{ height }} className="spacer" />
)

interface ColumnHeaderProps {
  readonly name: string
  readonly index: number
  readonly isNumeric: boolean
  readonly order: TableOrder | undefined
  readonly onOrder: (order: TableOrder | undefined) => void
}

/** Sorts upwards, downwards, and then not at all. */
function ColumnHeader({ name, index, isNumeric, order, onOrder }: ColumnHeaderProps) {
  const own = order?.column === index ? order : undefined
  const next = !own
    ? { column: index, descending: false }
    : own.descending
      ? undefined
      : { ...own, descending: true }
  return (
    <th
      scope="col"
      className={isNumeric ? 'number' : undefined}
      aria-sort={own ? (own.descending ? 'descending' : 'ascending') : undefined}
    >
      <button type="button" className="sort" onClick={() => onOrder(next)}>
        {name || '–'}
        {own && <Icon name={own.descending ? 'down' : 'up'} size={12} />}
      </button>
    </th>
  )
}

function Cell({ cell, fileUrl }: { cell: unknown; fileUrl: DataTableProps['fileUrl'] }) {
  if (isImageCell(cell) && fileUrl)
    return (
      <td>
        <img
          className="cell-image"
          src={fileUrl(cell.compressed_filepath ?? cell.filepath)}
          alt={cell.filepath}
          loading="lazy"
        />
      </td>
    )
  const text = cellText(cell)
  if (typeof cell === 'number')
    return (
      <td className="number" title={text}>
        {text.length > MAX_DIGITS ? Number(cell.toPrecision(8)) : text}
      </td>
    )
  return (
    <td className={typeof cell === 'bigint' ? 'number' : undefined} title={text}>
      <span className="truncate">{text}</span>
    </td>
  )
}
