import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useText } from './file-part.js'
import { Loaded } from './file-states.js'
import { parseCsv } from './parse-csv.js'
import { PlottedTable } from './plotted-table.js'
import { baseName, extensionOf } from './viewer-kind.js'
import type { ViewerProps } from './viewer-props.js'

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
