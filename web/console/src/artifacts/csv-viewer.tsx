import Papa from 'papaparse'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { ViewerProps } from './artifact-preview.js'
import { useText } from './file-part.js'
import { Loaded } from './file-states.js'
import type { TableData } from './json-table.js'
import { PlottedTable } from './plotted-table.js'
import { parseCell } from './table-rows.js'
import { baseName, extensionOf } from './viewer-kind.js'

/** The first megabyte of a CSV or TSV file. */
export function CsvFile({ root, path }: ViewerProps) {
  const file = useText(root, path)
  return (
    <Loaded file={file}>{({ text, clipped }) => <Csv text={text} clipped={clipped} path={path} />}</Loaded>
  )
}

interface CsvProps {
  readonly text: string
  readonly clipped: boolean
  readonly path: string
}

function Csv({ text, clipped, path }: CsvProps) {
  const { t } = useTranslation()
  const data = useMemo(
    () => parseCsv(text, extensionOf(path) === 'tsv' ? '\t' : '', clipped),
    [text, path, clipped],
  )
  return <PlottedTable name={baseName(path)} data={data} note={clipped && t('viewer.firstRows')} />
}

/** The first line names the columns. @param delimiter empty to detect it. @param clipped whether the last row is incomplete */
export function parseCsv(text: string, delimiter: string, clipped: boolean): TableData {
  const { data } = Papa.parse<string[]>(text, { delimiter, skipEmptyLines: true })
  const [columns = [], ...rows] = clipped && data.length > 1 ? data.slice(0, -1) : data
  return { columns, rows: rows.map((row) => row.map(parseCell)) }
}
