import { Trans, useTranslation } from 'react-i18next'
import { serverUrl } from '../app/server-url.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import type { Runs } from './use-runs.js'
import type { RunsState } from './use-runs-state.js'

interface NoRunsProps {
  readonly runs: Runs
  readonly state: RunsState
  /** Set if the page already shows the error. */
  readonly hideError: boolean
  /** Set if the page already shows how to log a run. */
  readonly hideHelp?: boolean
}

/** Says why a table or charts have no runs. */
export function NoRuns({ runs, state, hideError, hideHelp = false }: NoRunsProps) {
  const { t } = useTranslation()
  if (runs.isPending) return <Skeleton lines={10} />
  if (runs.isError)
    return <div>{!hideError && <Failure error={runs.error} retry={() => void runs.refetch()} />}</div>
  if (state.filter)
    return (
      <Empty title={t('runs.noMatch')}>
        <button type="button" className="button" onClick={() => state.setFilter('')}>
          {t('runs.clearFilter')}
        </button>
      </Empty>
    )
  if (state.deleted) return <Empty title={t('runs.noDeleted')} />
  if (hideHelp) return <Empty title={t('runs.none')} />
  return (
    <Empty title={t('runs.none')} code={FIRST_RUN(state.experimentId)}>
      <Trans i18nKey="runs.noneHelp" />
    </Empty>
  )
}

const FIRST_RUN = (experimentId: string) => `import mlflow

mlflow.set_tracking_uri("${serverUrl()}")
mlflow.set_experiment(experiment_id="${experimentId}")

with mlflow.start_run(run_name="first"):
    mlflow.log_params({"factors": 64, "regularization": 0.02})
    mlflow.log_metric("precision_at_10", 0.0861)`
