import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { MAX_RUNS } from '../api/batches.js'
import type { RunTask } from '../api/jobs.js'
import type { Run } from '../api/runs.js'
import { listToText } from '../app/url-state.js'
import { useFormat } from '../i18n/format.js'
import { Icon } from '../ui/icon.js'
import { RunLink } from './run-link.js'
import { isRanked, parametersOf, parameterValue, type Sweep } from './trials.js'

interface SweepLinksProps {
  /** The run above all trials. */
  readonly parent: Run | undefined
  readonly sweep: Sweep
  /** All loaded trials, the best first. */
  readonly ranked: readonly RunTask[]
  /** True if the sweep has more trials, so that a better one may not be loaded. */
  readonly isPartial: boolean
}

/** The best trial so far, the run above all trials, and their comparison, which has parallel coordinates. */
export function SweepLinks({ parent, sweep, ranked, isPartial }: SweepLinksProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { metric, goal } = sweep.objective
  const candidates = ranked.filter(isRanked)
  const [best] = candidates
  const compared = candidates.slice(0, MAX_RUNS).flatMap(({ mlflow_run_id }) => mlflow_run_id ?? [])
  return (
    <div className="body sweep-links">
      {best && (
        <p>
          <strong>
            {t('jobs.bestTrial', {
              metric,
              value: format.metric(best.objective!),
              goal: t(`jobs.goals.${goal}`),
            })}
          </strong>{' '}
          <RunLink run={best} experimentId={parent?.info.experiment_id}>
            {t('jobs.trialNumber', { number: best.iteration! + 1 })}
          </RunLink>{' '}
          {isPartial && <span className="muted">{t('jobs.ofFirstTrials', { count: ranked.length })} </span>}
          <span className="muted">
            {parametersOf(sweep)
              .map((name) => `${name} = ${parameterValue(best, name)}`)
              .join(', ')}
          </span>
        </p>
      )}
      <div className="actions">
        {parent && (
          <Link
            className="button small"
            to="/experiments/$experimentId/runs/$runId"
            params={{ experimentId: parent.info.experiment_id, runId: parent.info.run_id }}
          >
            {t('jobs.sweepRun')}
          </Link>
        )}
        {compared.length > 1 && (
          <Link className="button small" to="/compare" search={{ runs: listToText(compared) ?? '' }}>
            <Icon name="compare" size={13} />
            {t('jobs.compareTrials', { count: compared.length })}
          </Link>
        )}
      </div>
    </div>
  )
}
