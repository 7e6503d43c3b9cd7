import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { artifactUrl } from '../api/artifacts.js'
import { toPlottedTable } from '../plots/plotted-json.js'
import { prettyJson } from '../run/pretty-json.js'
import { DataTable } from './data-table.js'
import { useText } from './file-part.js'
import { Loaded } from './file-states.js'
import { fromLines } from './json-table.js'
import { PlottedTable } from './plotted-table.js'
import { parseJson } from './python-json.js'
import { TextViewer } from './text-viewer.js'
import { baseName } from './viewer-kind.js'
import type { ViewerProps } from './viewer-props.js'

/** Larger files are not parsed, because half of one is not JSON. */
const MAX_BYTES = 20_000_000

/** Tables of MLflow's `log_table` and lists of objects as tables, other JSON as indented text. */
export function JsonFile({ root, path }: ViewerProps) {
  const file = useText(root, path, MAX_BYTES)
  return (
    <Loaded file={file}>
      {({ text, clipped }) => (
        <Json
          text={text}
          clipped={clipped}
          name={baseName(path)}
          fileUrl={(name) => artifactUrl(root, name)}
        />
      )}
    </Loaded>
  )
}

interface JsonProps {
  readonly text: string
  readonly clipped: boolean
  readonly name: string
  readonly fileUrl: (path: string) => string
}

function Json({ text, clipped, name, fileUrl }: JsonProps) {
  const table = useMemo(() => {
    try {
      return toPlottedTable(parseJson(text))
    } catch {
      return undefined
    }
  }, [text])
  const pretty = useMemo(() => (table ? '' : prettyJson(text)), [table, text])
  if (table) return <PlottedTable name={name} data={table} fileUrl={fileUrl} />
  return <TextViewer text={pretty} clipped={clipped} name={name} />
}

/** The first megabyte of JSON Lines. */
export function JsonLinesFile({ root, path }: ViewerProps) {
  const { t } = useTranslation()
  const file = useText(root, path)
  return (
    <Loaded file={file}>
      {({ text, clipped }) => (
        <DataTable name={baseName(path)} data={fromLines(text)} note={clipped && t('viewer.firstRows')} />
      )}
    </Loaded>
  )
}
