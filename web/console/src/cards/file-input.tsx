import { useId, useMemo } from 'react'
import { useRunFiles } from '../artifacts/use-run-files.js'
import { isTablePath } from '../plots/table-path.js'
import { useCards } from './cards-context.js'

/** Files are suggested from these runs; the others probably have the same. */
const MAX_RUNS = 3

interface FileInputProps {
  readonly id: string
  readonly value: string
  readonly isMissing: boolean
  readonly onValue: (value: string) => void
}

/** The path of a table, with those of the first runs as suggestions. */
export function FileInput({ id, value, isMissing, onValue }: FileInputProps) {
  const suggestions = useId()
  const { runs } = useCards()
  const ids = useMemo(() => runs.slice(0, MAX_RUNS).map(({ runId }) => runId), [runs])
  const { paths } = useRunFiles(ids)
  return (
    <>
      <input
        id={id}
        className="input"
        list={suggestions}
        value={value}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={isMissing || undefined}
        onChange={({ target }) => onValue(target.value)}
      />
      <datalist id={suggestions}>
        {paths.filter(isTablePath).map((path) => (
          <option key={path} value={path} />
        ))}
      </datalist>
    </>
  )
}
