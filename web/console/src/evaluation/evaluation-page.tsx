import { getRouteApi, Link } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { Trans, useTranslation } from 'react-i18next'
import type { Run } from '../api/runs.js'
import { serverUrl } from '../app/server-url.js'
import { ExperimentPage } from '../experiments/experiment-page.js'
import { useFormat } from '../i18n/format.js'
import { columnDecimals } from '../metrics/column-decimals.js'
import { MetricNumber } from '../metrics/metric-number.js'
import { runName } from '../runs/row.js'
import { RunStatusMark } from '../runs/run-status.js'
import { SaveTable } from '../ui/save-table.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { type ColumnOf, tableOf, timeCell } from '../ui/table.js'
import { useEvaluationRuns } from './use-evaluation.js'
import './evaluation.css'

const route = getRouteApi('/experiments/$experimentId/evaluation-runs')
const MAX_METRICS = 6

export function EvaluationPage() {
  const { t } = useTranslation()
  const { experimentId } = route.useParams()
  const runs = useEvaluationRuns(experimentId)
  return (
    <ExperimentPage experimentId={experimentId}>
      {runs.isPending && <Skeleton />}
      {runs.isError && <Failure error={runs.error} retry={() => void runs.refetch()} />}
      {runs.data?.length === 0 && (
        <Empty title={t('evaluation.none')} code={FIRST_EVALUATION(experimentId)}>
          <Trans i18nKey="evaluation.noneHelp" />
        </Empty>
      )}
      {runs.data && runs.data.length > 0 && <EvaluationRuns runs={runs.data} />}
    </ExperimentPage>
  )
}

function EvaluationRuns({ runs }: { runs: readonly Run[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const keys = [...new Set(runs.flatMap(({ data }) => (data.metrics ?? []).map(({ key }) => key)))]
    .sort()
    .slice(0, MAX_METRICS)
  const decimals = keys.map((key) => columnDecimals(runs.map((run) => metricIn(run, key))))
  return (
    <section className="panel" aria-label={t('experimentTabs.evaluation')}>
      <header>
        <h2>{t('experimentTabs.evaluation')}</h2>
        <SaveTable name={t('experimentTabs.evaluation')} table={() => tableOfRuns(runs, t)} />
      </header>
      <ScrollX>
        <table className="list">
          <thead>
            <tr>
              <th scope="col">{t('column.run_name')}</th>
              <th scope="col">{t('column.start_time')}</th>
              <th scope="col">{t('evaluation.dataset')}</th>
              {keys.map((key) => (
                <th scope="col" key={key} className="number">
                  {key}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.info.run_id}>
                <th scope="row">
                  <span className="run-cell">
                    <RunStatusMark status={run.info.status} />
                    <Link
                      to="/experiments/$experimentId/evaluation-runs/$runId"
                      params={{ experimentId: run.info.experiment_id, runId: run.info.run_id }}
                    >
                      {runName(run.info)}
                    </Link>
                  </span>
                </th>
                <td>{format.ago(run.info.start_time)}</td>
                <td>
                  {(run.inputs?.dataset_inputs ?? []).map(({ dataset }) => dataset.name).join(', ') || '–'}
                </td>
                {keys.map((key, i) => {
                  const value = metricIn(run, key)
                  return (
                    <td key={key} className="number">
                      {value === undefined ? (
                        '–'
                      ) : (
                        <MetricNumber {...{ value, format }} decimals={decimals[i]} />
                      )}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </section>
  )
}

const metricIn = ({ data }: Run, key: string) => data.metrics?.find((metric) => metric.key === key)?.value

/** All metrics, also those that have no room on the page. */
function tableOfRuns(runs: readonly Run[], t: TFunction) {
  const keys = [...new Set(runs.flatMap(({ data }) => (data.metrics ?? []).map(({ key }) => key)))].sort()
  return tableOf(runs, [
    ['run_id', ({ info }) => info.run_id],
    [t('column.run_name'), ({ info }) => runName(info)],
    [t('column.start_time'), ({ info }) => timeCell(info.start_time)],
    [
      t('evaluation.dataset'),
      ({ inputs }) => (inputs?.dataset_inputs ?? []).map(({ dataset }) => dataset.name).join(', '),
    ],
    ...keys.map(
      (key): ColumnOf<Run> => [key, ({ data }) => data.metrics?.find((metric) => metric.key === key)?.value],
    ),
  ])
}

const FIRST_EVALUATION = (experimentId: string) => `import mlflow
from mlflow.genai.scorers import scorer

mlflow.set_tracking_uri("${serverUrl()}")
mlflow.set_experiment(experiment_id="${experimentId}")

@scorer
def correct(outputs, expectations) -> bool:
    return outputs == expectations["film"]

mlflow.genai.evaluate(
    data=[{"inputs": {"question": "A heist film?"}, "expectations": {"film": "Heat"}}],
    predict_fn=lambda question: "Heat",
    scorers=[correct],
)`
