import { useQueries } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import { batchesOf } from '../api/batches.js'
import { queryKeys } from '../api/query-keys.js'
import { batchGetRuns, type Run } from '../api/runs.js'
import { useStableList } from '../charts/use-stable-list.js'
import { runName } from './row.js'

/** As many as a page of a list has, so that another page does not read the names of earlier ones again. */
const BATCH = 100
const NAMES_ONLY = { metrics: [], params: [], tags: [] }

const Names = createContext<ReadonlyMap<string, string>>(new Map())

interface RunNamesProps {
  /** Ids of the runs that the children link; `undefined` and repeated ones are skipped. */
  readonly ids: readonly (string | undefined)[]
  readonly children: ReactNode
}

/** Reads the names of runs together. A run that may not be read keeps its short id. */
export function RunNames({ ids, children }: RunNamesProps) {
  const distinct = useStableList([...new Set(ids.filter((id) => id !== undefined && id !== ''))] as string[])
  const results = useQueries({
    queries: useMemo(() => batchesOf(distinct, BATCH), [distinct]).map((batch) => ({
      queryKey: queryKeys.comparedRuns(batch, NAMES_ONLY),
      queryFn: ({ signal }: { signal: AbortSignal }) => batchGetRuns(batch, NAMES_ONLY, signal),
    })),
  })
  const read = useStableList(results.map(({ data }) => data))
  const names = useMemo(() => new Map(read.flatMap((runs) => (runs ?? []).map(nameOf))), [read])
  return <Names.Provider value={names}>{children}</Names.Provider>
}

const nameOf = ({ info }: Run): [string, string] => [info.run_id, runName(info)]

/** The name of a run, which `RunNames` above it reads. */
export const RunName = ({ runId }: { runId: string }) => useRunName(runId)

const useRunName = (runId: string) => useContext(Names).get(runId) ?? runId.slice(0, 8)

interface NamedRunLinkProps {
  readonly experimentId: string
  readonly runId: string
  readonly tabIndex?: number
}

/** A link to a run by its name, which `RunNames` above it reads. */
export function NamedRunLink({ experimentId, runId, ...link }: NamedRunLinkProps) {
  const name = useRunName(runId)
  return (
    <Link
      className="truncate"
      title={name}
      to="/experiments/$experimentId/runs/$runId"
      params={{ experimentId, runId }}
      {...link}
    >
      {name}
    </Link>
  )
}
