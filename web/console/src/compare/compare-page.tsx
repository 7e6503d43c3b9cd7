import { useQueries } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page } from '../app/page.js'
import { listToText, textToList } from '../app/url-state.js'
import { runQuery } from '../run/use-run.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { combineRuns } from './combine-runs.js'
import { ComparedRuns } from './compared-runs.js'
import { Comparisons } from './comparisons.js'
import './compare.css'

const route = getRouteApi('/compare')

export function ComparePage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const navigate = useNavigate()
  const ids = [...new Set(textToList(search.runs))]
  const { rows, pending, errors } = useQueries({ queries: ids.map(runQuery), combine: combineRuns })
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
      {errors.map((error) => (
        <Failure key={error.message} error={error} />
      ))}
      {pending && <Skeleton />}
      {!pending && rows.length < 2 && <Empty title={t('compare.tooFew')}>{t('compare.tooFewHelp')}</Empty>}
      {rows.length >= 2 && (
        <>
          <ComparedRuns
            rows={rows}
            baseline={search.baseline}
            onBaseline={(baseline) => change({ baseline })}
            onRemove={(id) => change({ runs: listToText(ids.filter((other) => other !== id)) ?? '' })}
          />
          <Comparisons rows={rows} search={search} onSearch={change} />
        </>
      )}
    </Page>
  )
}
