import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { listScorers, type Scorer } from '../api/scorers.js'
import { serverUrl } from '../app/server-url.js'
import { ExperimentPage } from '../experiments/experiment-page.js'
import { SaveTable } from '../ui/save-table.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { tableOf, timeCell } from '../ui/table.js'
import { scorerFacts } from './scorer-facts.js'
import { ScorerPanel } from './scorer-panel.js'
import './scorers.css'

const route = getRouteApi('/experiments/$experimentId/judges')

/** The scorers and judges that clients registered in an experiment. */
export function ScorersPage() {
  const { t } = useTranslation()
  const { experimentId } = route.useParams()
  const scorers = useQuery({
    queryKey: queryKeys.scorers(experimentId),
    queryFn: ({ signal }) => listScorers(experimentId, signal),
  })
  return (
    <ExperimentPage experimentId={experimentId}>
      {scorers.isPending && <Skeleton />}
      {scorers.isError && <Failure error={scorers.error} retry={() => void scorers.refetch()} />}
      {scorers.data?.length === 0 && (
        <Empty title={t('scorers.none')} code={firstScorer(experimentId)}>
          {t('scorers.noneHelp')}
        </Empty>
      )}
      {scorers.data && scorers.data.length > 0 && <Scorers scorers={scorers.data} />}
    </ExperimentPage>
  )
}

/** The names of scorers, and the chosen one. */
function Scorers({ scorers }: { scorers: readonly Scorer[] }) {
  const { t } = useTranslation()
  const { experimentId } = route.useParams()
  const { name, version } = route.useSearch()
  const navigate = useNavigate()
  const chosen = scorers.find(({ scorer_name }) => scorer_name === name) ?? scorers[0]!
  const show = (search: { name?: string; version?: string }) =>
    void navigate({
      to: '/experiments/$experimentId/judges',
      params: { experimentId },
      search,
      resetScroll: false,
    })
  return (
    <div className="side-list-columns">
      <nav className="panel side-list scorer-list" aria-label={t('experimentTabs.scorers')}>
        <header>
          <h2>{t('experimentTabs.scorers')}</h2>
          <SaveTable
            name={t('experimentTabs.scorers')}
            table={() =>
              tableOf(scorers, [
                [t('models.name'), ({ scorer_name }) => scorer_name],
                [t('models.version'), ({ scorer_version }) => scorer_version],
                [t('scorers.kind'), (one) => t(`scorers.kind_${scorerFacts(one.serialized_scorer).kind}`)],
                [t('scorers.model'), (one) => scorerFacts(one.serialized_scorer).model ?? ''],
                [t('scorers.registered'), ({ creation_time }) => timeCell(Number(creation_time))],
              ])
            }
          />
        </header>
        <ul>
          {scorers.map((one) => (
            <li key={one.scorer_id}>
              <button
                type="button"
                aria-current={one === chosen}
                onClick={() => show({ name: one.scorer_name })}
              >
                <strong className="truncate">{one.scorer_name}</strong>
                <span className="muted">
                  {t(`scorers.kind_${scorerFacts(one.serialized_scorer).kind}`)} ·{' '}
                  {t('prompts.versionName', { version: one.scorer_version })}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </nav>
      <ScorerPanel
        key={chosen.scorer_id}
        latest={chosen}
        version={chosen.scorer_name === name ? version : undefined}
        onVersion={(next) => show({ name: chosen.scorer_name, version: next })}
        onDeleted={() => show({})}
      />
    </div>
  )
}

const firstScorer = (experimentId: string) => `import mlflow
from mlflow.genai.judges import make_judge

mlflow.set_tracking_uri("${serverUrl()}")
make_judge(
    name="polite",
    instructions="Is {{ outputs }} a polite answer to {{ inputs }}?",
    model="openai:/gpt-4o-mini",
).register(experiment_id="${experimentId}")`
