import { useTranslation } from 'react-i18next'
import { deleteExperimentTag, setExperimentTag } from '../api/experiment-changes.js'
import type { Experiment } from '../api/experiments.js'
import { NotePanel } from '../markdown/note-panel.js'
import { NOTE_TAG } from '../run/run-tags.js'
import { TagsPanel } from '../tags/tags-panel.js'
import { Dialog } from '../ui/dialog.js'

const MAX_NOTE = 5000

interface ExperimentAboutProps {
  readonly experiment: Experiment
  readonly mayEdit: boolean
  readonly onChanged: () => void
  readonly onClose: () => void
}

/** The description and the tags of an experiment. */
export function ExperimentAbout({ experiment, mayEdit, onChanged, onClose }: ExperimentAboutProps) {
  const { t } = useTranslation()
  const id = experiment.experiment_id
  const tags = experiment.tags ?? []
  const set = (key: string, value: string) => setExperimentTag(id, key, value).then(onChanged)
  return (
    <Dialog title={t('edit.aboutExperiment', { name: experiment.name })} onClose={onClose}>
      <NotePanel
        bare
        text={tags.find(({ key }) => key === NOTE_TAG)?.value ?? ''}
        mayEdit={mayEdit}
        maxLength={MAX_NOTE}
        save={(text) => set(NOTE_TAG, text)}
      />
      <TagsPanel
        tags={tags.filter(({ key }) => !key.startsWith('mlflow.')).map(({ key, value }) => [key, value])}
        changes={mayEdit ? { set, remove: (key) => deleteExperimentTag(id, key).then(onChanged) } : undefined}
      />
      <dl className="facts">
        <div className="fact">
          <dt>{t('edit.experimentId')}</dt>
          <dd className="mono">{id}</dd>
        </div>
        <div className="fact">
          <dt>{t('run.artifactUri')}</dt>
          <dd className="mono">{experiment.artifact_location}</dd>
        </div>
      </dl>
    </Dialog>
  )
}
