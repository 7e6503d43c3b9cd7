import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { deleteScorer, listScorerVersions, type Scorer } from '../api/scorers.js'
import { serverUrl } from '../app/server-url.js'
import { useFormat } from '../i18n/format.js'
import { useMayEditExperiment } from '../permissions/use-may.js'
import { ConfirmDialog } from '../ui/confirm-dialog.js'
import { CodeBlock } from '../ui/copy.js'
import { Fact } from '../ui/fact.js'
import { Icon } from '../ui/icon.js'
import { Failure } from '../ui/states.js'
import { type ScorerFacts, type ScorerKind, scorerFacts } from './scorer-facts.js'

interface ScorerPanelProps {
  readonly latest: Scorer
  /** The shown version; default: the latest. */
  readonly version: string | undefined
  readonly onVersion: (version: string) => void
  readonly onDeleted: () => void
}

/** A version of a scorer: what it asks or computes, and how to use it. */
export function ScorerPanel({ latest, version, onVersion, onDeleted }: ScorerPanelProps) {
  const { t } = useTranslation()
  const heading = useId()
  const experimentId = String(latest.experiment_id)
  const name = latest.scorer_name
  const mayEdit = useMayEditExperiment(experimentId)
  const [deleting, setDeleting] = useState(false)
  const versions = useQuery({
    queryKey: queryKeys.scorerVersions(experimentId, latest.scorer_id, String(latest.scorer_version)),
    queryFn: ({ signal }) => listScorerVersions(experimentId, name, signal),
  })
  const all = versions.data ?? [latest]
  const shown = all.find((one) => String(one.scorer_version) === version) ?? latest
  return (
    <div className="side">
      <section className="panel" aria-labelledby={heading}>
        <header>
          <h2 id={heading}>{name}</h2>
          <span className="scorer-actions">
            <select
              className="input"
              aria-label={t('models.version')}
              value={shown.scorer_version}
              onChange={({ target }) => onVersion(target.value)}
            >
              {all.map(({ scorer_version }) => (
                <option key={scorer_version} value={scorer_version}>
                  {t('prompts.versionName', { version: scorer_version })}
                </option>
              ))}
            </select>
            {mayEdit && (
              <button type="button" className="button" onClick={() => setDeleting(true)}>
                <Icon name="trash" />
                {t('edit.delete')}
              </button>
            )}
          </span>
        </header>
        {versions.isError && <Failure error={versions.error} retry={() => void versions.refetch()} />}
        <Contents scorer={shown} facts={scorerFacts(shown.serialized_scorer)} />
      </section>
      {deleting && <DeleteDialog scorer={latest} onDeleted={onDeleted} onClose={() => setDeleting(false)} />}
    </div>
  )
}

/** Kinds that use the default model of the client without one of their own. */
const HAVE_MODELS: readonly ScorerKind[] = ['judge', 'builtin']

function Contents({ scorer, facts }: { scorer: Scorer; facts: ScorerFacts }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { kind, className, description, model, instructions, guidelines, code, ofSessions } = facts
  return (
    <div className="body stack">
      <dl className="facts">
        <Fact name={t('scorers.kind')}>
          {t(`scorers.kind_${kind}`)} {className && <code>{className}</code>}
        </Fact>
        <Fact name={t('scorers.model')}>
          {model ? <code>{model}</code> : HAVE_MODELS.includes(kind) && t('scorers.defaultModel')}
        </Fact>
        <Fact name={t('scorers.scores')}>{t(ofSessions ? 'scorers.sessions' : 'scorers.traces')}</Fact>
        <Fact name={t('scorers.registered')}>{format.time(Number(scorer.creation_time))}</Fact>
        <Fact name={t('scorers.description')}>{description}</Fact>
      </dl>
      {guidelines.length > 0 && (
        <Part name={t('scorers.guidelines')}>
          <ul className="scorer-guidelines">
            {[...new Set(guidelines)].map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </Part>
      )}
      {instructions && (
        <Part name={t('scorers.instructions')}>
          <CodeBlock code={instructions} />
        </Part>
      )}
      {code && (
        <Part name={t('scorers.code')}>
          <CodeBlock code={code} />
        </Part>
      )}
      <Part name={t('scorers.use')}>
        <CodeBlock code={exampleOf(scorer)} />
      </Part>
    </div>
  )
}

function Part({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <section className="scorer-part">
      <h3>{name}</h3>
      {children}
    </section>
  )
}

const exampleOf = ({ experiment_id, scorer_name, scorer_version }: Scorer) => `import mlflow
from mlflow.genai.scorers import get_scorer

mlflow.set_tracking_uri("${serverUrl()}")
scorer = get_scorer(name=${JSON.stringify(scorer_name)}, experiment_id="${experiment_id}", version=${scorer_version})
mlflow.genai.evaluate(data=mlflow.search_traces(locations=["${experiment_id}"]), scorers=[scorer])`

interface DeleteDialogProps {
  readonly scorer: Scorer
  readonly onDeleted: () => void
  readonly onClose: () => void
}

function DeleteDialog({ scorer, onDeleted, onClose }: DeleteDialogProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const experimentId = String(scorer.experiment_id)
  const remove = useMutation({
    mutationFn: () => deleteScorer(experimentId, scorer.scorer_name),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: queryKeys.scorers(experimentId) })
      onDeleted()
    },
  })
  return (
    <ConfirmDialog
      title={t('scorers.deleteTitle', { name: scorer.scorer_name })}
      action={t('edit.delete')}
      request={remove}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {t('scorers.deleteHelp')}
    </ConfirmDialog>
  )
}
