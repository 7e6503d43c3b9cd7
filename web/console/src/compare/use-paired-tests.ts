import type { PerUser } from '@cairn/platform/protocol/mlflow/evaluation'
import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { getArtifact } from '../api/artifacts.js'
import { isMissing } from '../api/http.js'
import { queryKeys } from '../api/query-keys.js'
import { useStableList } from '../charts/use-stable-list.js'
import type { RunRow } from '../runs/row.js'
import { type Difference, pairedTests } from './paired-test.js'

const PATH = 'evaluation/per_user.json'
/** Runs whose values per user are read, some megabytes each. */
const MAX_RUNS = 20

/** The paired tests against the baseline, by run and metric. */
export type PairedTests = ReadonlyMap<string, ReadonlyMap<string, Difference>>

/** Compares runs with the baseline user by user, where both have values per user. @param baseline undefined for none */
export function usePairedTests(rows: readonly RunRow[], baseline: RunRow | undefined): PairedTests {
  const evaluated = rows.filter(({ tags }) => tags.has('cairn.protocol'))
  const others = evaluated.filter((row) => row.info.run_id !== baseline?.info.run_id).slice(0, MAX_RUNS - 1)
  const wanted = baseline && evaluated.length > 1 ? [baseline, ...others] : []
  const results = useQueries({
    queries: wanted.map(({ info }) => {
      const root = { kind: 'run', id: info.run_id } as const
      return {
        queryKey: [...queryKeys.artifact(root, PATH), 'values'],
        queryFn: ({ signal }: { signal: AbortSignal }) => readPerUser(info.run_id, signal),
        staleTime: Number.POSITIVE_INFINITY,
      }
    }),
  })
  const values = useStableList(results.map(({ data }) => data))
  const ids = useStableList(wanted.map(({ info }) => info.run_id))
  return useMemo(() => {
    const base = values[0]
    return new Map(
      ids.flatMap((id, i) => {
        const own = values[i]
        return base && own && i > 0 ? [[id, pairedTests(base, own)] as const] : []
      }),
    )
  }, [values, ids])
}

/** @returns null if the run has none, or what it has cannot be read */
async function readPerUser(runId: string, signal: AbortSignal): Promise<PerUser | null> {
  try {
    const blob = await getArtifact({ kind: 'run', id: runId }, PATH, signal)
    const value = JSON.parse(await blob.text()) as PerUser
    return Array.isArray(value.users) && typeof value.metrics === 'object' && value.metrics ? value : null
  } catch (error) {
    if (error instanceof SyntaxError || isMissing(error)) return null
    throw error
  }
}
