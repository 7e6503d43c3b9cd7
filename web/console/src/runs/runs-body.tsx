import { Trans, useTranslation } from 'react-i18next'
import { serverUrl } from '../app/server-url.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import type { ColumnKeys } from './column-keys.js'
import { GroupedTable } from './grouped-table.js'
import { RunsTable } from './runs-table.js'
import type { TableProps } from './table-props.js'

interface RunsBodyProps extends TableProps {
  readonly keys: ColumnKeys | undefined
  /** Set if the filter bar already shows the error. */
  readonly hideError: boolean
}

export function RunsBody({ hideError, keys, ...table }: RunsBodyProps) {
  const { runs, state } = table
  const { t } = useTranslation()
  if (runs.isPending) return <Skeleton lines={10} />
  if (runs.isError && runs.rows.length === 0)
    return <div>{!hideError && <Failure error={runs.error} retry={() => void runs.refetch()} />}</div>
  if (runs.rows.length > 0)
    return state.groupBy.length > 0 ? <GroupedTable {...table} keys={keys} /> : <RunsTable {...table} />
  if (state.filter)
    return (
      <Empty title={t('runs.noMatch')}>
        <button type="button" className="button" onClick={() => state.setFilter('')}>
          {t('runs.clearFilter')}
        </button>
      </Empty>
    )
  if (state.deleted) return <Empty title={t('runs.noDeleted')} />
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
