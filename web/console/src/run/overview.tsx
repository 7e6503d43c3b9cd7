import { useTranslation } from 'react-i18next'
import type { Run } from '../api/runs.js'
import type { RunRow } from '../runs/row.js'
import { Datasets } from './datasets.js'
import { Facts } from './facts.js'
import { Headline } from './headline.js'
import { KeyValues } from './key-values.js'
import { LeakWarning } from './leak-warning.js'
import { Lineage } from './lineage.js'
import { MetricsTable } from './metrics-table.js'

export function Overview({ run, row }: { run: Run; row: RunRow }) {
  const { t } = useTranslation()
  const note = row.tags.get('mlflow.note.content')
  return (
    <div className="overview">
      <LeakWarning row={row} />
      <Headline row={row} />
      {note && <p className="note">{note}</p>}
      <Lineage run={run} row={row} />
      <div className="overview-columns">
        <MetricsTable row={row} />
        <div className="side">
          <KeyValues title={t('kind.params')} empty={t('run.noParams')} entries={[...row.params]} />
          <Datasets run={run} />
          <Facts row={row} />
          <KeyValues title={t('kind.tags')} empty={t('run.noTags')} entries={userTags(row)} />
        </div>
      </div>
    </div>
  )
}

/** MLflow's system tags are shown elsewhere on the page. */
const userTags = (row: RunRow) => [...row.tags].filter(([key]) => !key.startsWith('mlflow.'))
