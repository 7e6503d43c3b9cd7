import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { MAX_RUNS } from '../api/batches.js'
import { Page } from '../app/page.js'
import { listToText, textToList } from '../app/url-state.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { ComparedRuns } from './compared-runs.js'
import { Comparisons } from './comparisons.js'
import { useComparison } from './use-comparison.js'
import './compare.css'

const route = getRouteApi('/compare')

export function ComparePage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const navigate = useNavigate()
  const ids = [...new Set(textToList(search.runs))]
  const { runs, keys, rows } = useComparison(ids.slice(0, MAX_RUNS))
  const change = (next: Partial<typeof search>) =>
    void navigate({
      to: '/compare',
      search: (now: typeof search) => ({ ...now, ...next }),
      replace: true,
      resetScroll: false,
    })
  const experimentId = rows[0]?.info.experiment_id
  return (
    <Page
      title={t('compare.title', { count: ids.length })}
      breadcrumbs={
        <>
          <Link to="/experiments">{t('nav.experiments')}</Link>
          {experimentId && (
            <>
              /
              <Link
                to="/experiments/$experimentId"
                params={{ experimentId }}
                search={{ selected: search.runs ?? '' }}
              >
                {t('runs.table')}
              </Link>
            </>
          )}
        </>
      }
    >
      {runs.isError && <Failure error={runs.error} retry={() => void runs.refetch()} />}
      {keys.isError && !runs.isError && <Failure error={keys.error} retry={() => void keys.refetch()} />}
      {ids.length > MAX_RUNS && <p className="notice warn">{t('compare.tooMany', { count: MAX_RUNS })}</p>}
      {runs.data && <MissingRuns count={Math.min(ids.length, MAX_RUNS) - rows.length} />}
      {runs.isLoading && <Skeleton />}
      {!runs.isLoading && !runs.isError && rows.length < 2 && (
        <Empty title={t('compare.tooFew')}>{t('compare.tooFewHelp')}</Empty>
      )}
      {rows.length >= 2 && (
        <>
          <ComparedRuns
            rows={rows}
            baseline={search.baseline}
            onBaseline={(baseline) => change({ baseline })}
            onRemove={(id) => change({ runs: listToText(ids.filter((other) => other !== id)) ?? '' })}
          />
          <Comparisons
            rows={rows}
            runs={runs.data ?? []}
            keys={keys.data}
            search={search}
            onSearch={change}
          />
        </>
      )}
    </Page>
  )
}

/** Warns about runs of the link that were not found. The server does not name them. */
function MissingRuns({ count }: { count: number }) {
  const { t } = useTranslation()
  if (count <= 0) return null
  return <p className="notice warn">{t('compare.missing', { count })}</p>
}
