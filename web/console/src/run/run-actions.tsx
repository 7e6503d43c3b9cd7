import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { renameRun } from '../api/run-changes.js'
import type { Run, RunInfo } from '../api/runs.js'
import { RegisterModel } from '../models/register-model.js'
import { useMayEditExperiment } from '../permissions/use-may.js'
import { useMayRegister } from '../permissions/use-may-register.js'
import { MoveDialog } from '../runs/move-dialog.js'
import { type RunRow, runName } from '../runs/row.js'
import { ActionMenu, type MenuAction } from '../ui/action-menu.js'
import { Icon } from '../ui/icon.js'
import { NameDialog } from '../ui/name-dialog.js'
import { DeleteRun } from './delete-run.js'
import { useRunChanged } from './use-run-changed.js'

const MAX_NAME = 250

interface RunActionsProps {
  readonly run: Run
  readonly row: RunRow
}

type Open = 'rename' | 'move' | 'delete' | 'register'

/** Compares, registers, renames, moves and deletes a run; readers only compare. */
export function RunActions({ run, row }: RunActionsProps) {
  const { t } = useTranslation()
  const { info } = row
  const [open, setOpen] = useState<Open>()
  const mayEdit = useMayEditExperiment(info.experiment_id)
  const navigate = useNavigate()
  const mayRegister = useMayRegister()
  const changed = useRunChanged(info)
  const close = () => setOpen(undefined)
  const deleted = info.lifecycle_stage === 'deleted'
  const actions: MenuAction[] =
    mayEdit && !deleted
      ? [
          { label: t('edit.rename'), icon: 'edit', onChoose: () => setOpen('rename') },
          { label: t('bulk.move'), icon: 'right', onChoose: () => setOpen('move') },
          { label: t('edit.delete'), icon: 'trash', danger: true, onChoose: () => setOpen('delete') },
        ]
      : []
  return (
    <>
      {!deleted && <CompareLink info={info} />}
      {(mayRegister || mayEdit) && !deleted && (
        <button type="button" className="button" onClick={() => setOpen('register')}>
          <Icon name="models" />
          {t('register.title')}
        </button>
      )}
      <ActionMenu actions={actions} />
      {open === 'register' && <RegisterModel run={run} onClose={close} />}
      {open === 'rename' && (
        <NameDialog
          title={t('edit.renameRun')}
          name={runName(info)}
          maxLength={MAX_NAME}
          rename={(name) => renameRun(info.run_id, name)}
          onRenamed={changed}
          onClose={close}
        />
      )}
      {open === 'move' && (
        <MoveDialog
          ids={[info.run_id]}
          onMoved={async (experimentId) => {
            close()
            await changed()
            await navigate({
              to: '/experiments/$experimentId/runs/$runId',
              params: { experimentId, runId: info.run_id },
              replace: true,
            })
          }}
          onClose={close}
        />
      )}
      {open === 'delete' && <DeleteRun info={info} onClose={close} />}
    </>
  )
}

/** Opens the table of runs with the run selected above the others, of which some are chosen. */
function CompareLink({ info }: { info: RunInfo }) {
  const { t } = useTranslation()
  return (
    <Link
      to="/experiments/$experimentId"
      params={{ experimentId: info.experiment_id }}
      search={{ selected: info.run_id, pins: info.run_id, layout: 'table' }}
      className="button"
    >
      <Icon name="compare" />
      {t('run.compareWith')}
    </Link>
  )
}
