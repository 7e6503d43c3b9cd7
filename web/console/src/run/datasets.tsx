import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { DatasetInput, Run } from '../api/runs.js'
import { useFormat } from '../i18n/format.js'
import { Icon } from '../ui/icon.js'
import { datasetFacts } from './dataset-facts.js'

/** Input datasets of a run. */
export function Datasets({ run }: { run: Run }) {
  const { t } = useTranslation()
  const heading = useId()
  const inputs = run.inputs?.dataset_inputs ?? []
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('run.datasets')}</h2>
      </header>
      {inputs.length === 0 ? (
        <p className="body muted">{t('run.noDatasets')}</p>
      ) : (
        <ul className="body datasets">
          {inputs.map((input) => (
            <Dataset key={`${input.dataset.name}:${input.dataset.digest}`} input={input} />
          ))}
        </ul>
      )}
    </section>
  )
}

function Dataset({ input }: { input: DatasetInput }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { name, digest } = input.dataset
  const { rows, columns, context } = datasetFacts(input)
  return (
    <li>
      <Icon name="table" />
      <div>
        <strong>{name}</strong>
        <div className="dataset-facts">
          <code title={t('run.digest')}>{digest}</code>
          {context && <span className="chip">{context}</span>}
          {rows !== undefined && (
            <span className="muted">{t('run.rows', { rows: format.integer(rows) })}</span>
          )}
          {columns !== undefined && <span className="muted">{t('run.columns', { count: columns })}</span>}
        </div>
      </div>
    </li>
  )
}
