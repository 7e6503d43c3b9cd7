import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { MarkdownText } from '../markdown/markdown-text.js'
import { useText } from './file-part.js'
import { Loaded, Unreadable } from './file-states.js'
import { type NotebookCell, type NotebookOutput, parseNotebook } from './notebook.js'
import { TextViewer } from './text-viewer.js'
import { baseName } from './viewer-kind.js'
import type { ViewerProps } from './viewer-props.js'

/** Larger notebooks are not parsed, because half of one is not JSON. */
const MAX_BYTES = 20_000_000

export function NotebookFile({ root, path }: ViewerProps) {
  const file = useText(root, path, MAX_BYTES)
  return <Loaded file={file}>{({ text, clipped }) => <Notebook {...{ text, clipped, path }} />}</Loaded>
}

interface NotebookProps {
  readonly text: string
  readonly clipped: boolean
  readonly path: string
}

function Notebook({ text, clipped, path }: NotebookProps) {
  const { t } = useTranslation()
  const cells = useMemo(() => {
    try {
      return parseNotebook(text)
    } catch {
      return undefined
    }
  }, [text])
  if (!cells)
    return (
      <>
        <Unreadable>{t('viewer.noNotebook')}</Unreadable>
        <TextViewer text={text} clipped={clipped} name={baseName(path)} />
      </>
    )
  return (
    <ol className="notebook">
      {cells.map((cell, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: cells have no identity but their place
        <Cell key={index} cell={cell} />
      ))}
    </ol>
  )
}

function Cell({ cell }: { cell: NotebookCell }) {
  if (cell.kind === 'markdown')
    return (
      <li>
        <MarkdownText text={cell.source} />
      </li>
    )
  return (
    <li>
      <div className="cell-source">
        <span className="muted mono">{cell.kind === 'code' ? `[${cell.count ?? ' '}]` : ''}</span>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long line must be reachable to scroll */}
        <pre tabIndex={0}>{cell.source}</pre>
      </div>
      {cell.outputs.map((output, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: outputs have no identity but their place
        <Output key={index} output={output} />
      ))}
    </li>
  )
}

function Output({ output }: { output: NotebookOutput }) {
  const { t } = useTranslation()
  switch (output.kind) {
    case 'image':
      return <img src={output.url} alt={t('viewer.output')} />
    case 'markdown':
      return <MarkdownText text={output.text} />
    case 'html':
      // Without scripts and without an origin.
      return <iframe className="cell-html" sandbox="" srcDoc={output.text} title={t('viewer.output')} />
    default:
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long line must be reachable to scroll
        <pre tabIndex={0} className={output.kind === 'error' ? 'cell-output problem' : 'cell-output'}>
          {output.text}
        </pre>
      )
  }
}
