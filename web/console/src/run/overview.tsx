import { useTranslation } from 'react-i18next'
import { deleteRunTag, setRunTag } from '../api/run-changes.js'
import type { Run } from '../api/runs.js'
import { Comments } from '../comments/comments.js'
import { NotePanel } from '../markdown/note-panel.js'
import { useMayEditExperiment } from '../permissions/use-may.js'
import type { RunRow } from '../runs/row.js'
import { TagsPanel } from '../tags/tags-panel.js'
import { ChildRuns } from './child-runs.js'
import { Datasets } from './datasets.js'
import { Facts } from './facts.js'
import { ForkHistory } from './fork-history.js'
import { Headline } from './headline.js'
import { KeyValues } from './key-values.js'
import { LeakWarning } from './leak-warning.js'
import { Lineage } from './lineage.js'
import { MetricOverview } from './metric-overview.js'
import { NOTE_TAG, userTags } from './run-tags.js'
import { useRunChanged } from './use-run-changed.js'

/** Characters of a tag of a run. */
const MAX_NOTE = 8000

export function Overview({ run, row }: { run: Run; row: RunRow }) {
  const { t } = useTranslation()
  const { run_id, experiment_id, lifecycle_stage } = row.info
  const mayEdit = useMayEditExperiment(experiment_id) && lifecycle_stage !== 'deleted'
  const changed = useRunChanged(row.info)
  const set = (key: string, value: string) => setRunTag(run_id, key, value).then(changed)
  return (
    <div className="overview">
      <LeakWarning row={row} />
      <Headline row={row} />
      <NotePanel
        text={row.tags.get(NOTE_TAG) ?? ''}
        mayEdit={mayEdit}
        maxLength={MAX_NOTE}
        save={(text) => set(NOTE_TAG, text)}
      />
      <Lineage run={run} row={row} />
      <div className="overview-columns">
        <div className="side">
          <MetricOverview row={row} />
          <ForkHistory row={row} />
          <ChildRuns row={row} />
          <Comments runId={run_id} mayEdit={mayEdit} isOpen={lifecycle_stage !== 'deleted'} />
        </div>
        <div className="side">
          <KeyValues title={t('kind.params')} empty={t('run.noParams')} entries={[...row.params]} />
          <Datasets run={run} />
          <Facts row={row} />
          <TagsPanel
            tags={userTags(row.tags)}
            changes={mayEdit ? { set, remove: (key) => deleteRunTag(run_id, key).then(changed) } : undefined}
          />
        </div>
      </div>
    </div>
  )
}
