import { useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { CodeBlock } from '../ui/copy.js'
import { ScrollArea } from '../ui/scroll-area.js'
import type { QueryRows } from './query-rows.js'

interface QueryResultProps {
  readonly text: string | undefined
  /** Undefined while the query runs, and after it failed. */
  readonly result: QueryRows | undefined
}

/** The text of a query and its first rows, which are values of the task. */
export function QueryResult({ text, result }: QueryResultProps) {
  const { t } = useTranslation()
  const caption = useId()
  const scroller = useRef<HTMLDivElement>(null)
  return (
    <>
      {text !== undefined && <CodeBlock code={text} />}
      {result && (
        <>
          <p id={caption} className="muted">
            {t(result.isTruncated ? 'jobs.firstRows' : 'jobs.allRows', { count: result.rows.length })}
          </p>
          <ScrollArea className="query-rows" scroller={scroller}>
            <table className="list" aria-labelledby={caption}>
              <thead>
                <tr>
                  {result.columns.map((name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {result.rows.map((cells, row) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: rows of a result never move
                  <tr key={row}>
                    {cells.map((cell, column) => (
                      <td key={result.columns[column]}>{cell}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollArea>
        </>
      )}
    </>
  )
}
