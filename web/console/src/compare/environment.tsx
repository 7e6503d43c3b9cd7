import { useQueries } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { getArtifact } from '../api/artifacts.js'
import { isMissing } from '../api/http.js'
import { queryKeys } from '../api/query-keys.js'
import type { Run } from '../api/runs.js'
import { seriesStyle } from '../charts/series-style.js'
import { Markdown } from '../markdown/markdown.js'
import { NOTE_TAG } from '../run/run-tags.js'
import { runName } from '../runs/row.js'
import { ScrollX } from '../ui/scroll-x.js'
import { requirementsOf } from './requirements.js'
import {
  CODE_TAGS,
  datasetFacts,
  differingFirst,
  differs,
  type Fact,
  packageFacts,
  requirementsLocation,
  tagOf,
} from './run-facts.js'

/** More columns cannot be read side by side. */
const MAX_RUNS = 20

interface EnvironmentProps {
  readonly runs: readonly Run[]
  /** Includes facts that are equal in all runs. */
  readonly all: boolean
}

/** Code, packages, datasets and notes of the compared runs. */
export function Environment({ runs, all }: EnvironmentProps) {
  const { t } = useTranslation()
  const shown = runs.slice(0, MAX_RUNS)
  const packages = usePackages(shown)
  const factOf = (name: string, tag: string) => ({ name, values: shown.map((run) => tagOf(run, tag)) })
  const code = [
    factOf(t('run.commit'), CODE_TAGS.commit),
    factOf(t('compare.branch'), CODE_TAGS.branch),
    factOf(t('run.source'), CODE_TAGS.source),
  ]
  const groups: readonly (readonly [string, readonly Fact[]])[] = [
    [t('compare.code'), code],
    [t('run.datasets'), datasetFacts(shown)],
    [t('compare.packages'), packageFacts(packages)],
    [t('compare.note'), [{ ...factOf(t('compare.note'), NOTE_TAG), isNote: true }]],
  ]
  const kept = groups
    .map(([name, facts]) => [name, differingFirst(facts.filter((fact) => isShown(fact, all)))] as const)
    .filter(([, facts]) => facts.length > 0)
  return (
    <section className="panel" aria-label={t('compare.environment')}>
      <header>
        <h2>{t('compare.environment')}</h2>
        {runs.length > MAX_RUNS && (
          <span className="muted">{t('compare.firstRuns', { count: MAX_RUNS })}</span>
        )}
      </header>
      {kept.length === 0 ? (
        <p className="body muted">{t('compare.noDifferences')}</p>
      ) : (
        <FactsTable runs={shown} groups={kept} />
      )}
    </section>
  )
}

const isShown = (fact: Fact, all: boolean) =>
  fact.values.some((value) => value !== undefined) && (all || differs(fact))

interface FactsTableProps {
  readonly runs: readonly Run[]
  readonly groups: readonly (readonly [string, readonly Fact[]])[]
}

function FactsTable({ runs, groups }: FactsTableProps) {
  const { t } = useTranslation()
  return (
    <ScrollX>
      <table className="list environment">
        <thead>
          <tr>
            <th scope="col">{t('compare.key')}</th>
            {runs.map(({ info }, i) => (
              <th scope="col" key={info.run_id}>
                <span className="truncate" title={runName(info)}>
                  <span className="swatch" style={{ background: seriesStyle(i).colour }} />
                  {runName(info)}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        {groups.map(([name, facts]) => (
          <tbody key={name}>
            {facts.map((fact) => (
              <tr key={fact.name}>
                <th scope="row">
                  {name !== fact.name && <small className="muted">{name} </small>}
                  {fact.name}
                </th>
                {fact.values.map((value, i) => (
                  <td key={runs[i]!.info.run_id} className={differs(fact) ? 'changed' : ''}>
                    <Value isNote={fact.isNote} value={value} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </ScrollX>
  )
}

function Value({ value, isNote = false }: { value: string | undefined; isNote?: boolean | undefined }) {
  if (value === undefined) return <span className="muted">–</span>
  return isNote ? <Markdown text={value} /> : value
}

function usePackages(runs: readonly Run[]) {
  const results = useQueries({
    queries: runs.map((run) => {
      const location = requirementsLocation(run)
      return {
        queryKey: [...queryKeys.artifact(location?.root, location?.path), 'packages'],
        queryFn: ({ signal }: { signal: AbortSignal }) => readPackages(location!, signal),
        enabled: location !== undefined,
        staleTime: Number.POSITIVE_INFINITY,
      }
    }),
  })
  return results.map(({ data }) => data ?? undefined)
}

/** @returns null if the model has no requirements */
async function readPackages(
  { root, path }: NonNullable<ReturnType<typeof requirementsLocation>>,
  signal: AbortSignal,
) {
  try {
    return requirementsOf(await (await getArtifact(root, path, signal)).text())
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}
