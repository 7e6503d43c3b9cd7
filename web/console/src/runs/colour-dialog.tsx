import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { setRunTag } from '../api/run-changes.js'
import { Dialog } from '../ui/dialog.js'
import { Form } from '../ui/form.js'
import { FormActions } from '../ui/form-actions.js'
import { Failure } from '../ui/states.js'
import { COLOUR } from './column-keys.js'
import { THEME_COLOURS } from './default-colours.js'
import { type RunRow, runName } from './row.js'
import { colourOf } from './run-appearance.js'
import { keepColour, keptColours } from './run-colours.js'

interface ColourDialogProps {
  readonly row: RunRow
  readonly mayEdit: boolean
  readonly onClose: () => void
}

/** Chooses the colour of a run: in this browser, or for everybody by a tag. */
export function ColourDialog({ row, mayEdit, onClose }: ColourDialogProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const { run_id, experiment_id } = row.info
  const [colour, setColour] = useState(() => colourOf(row, keptColours()))
  const share = useMutation({
    mutationFn: () => setRunTag(run_id, COLOUR, colour),
    onSuccess: async () => {
      keepColour(run_id, experiment_id, undefined)
      await queries.invalidateQueries({ queryKey: queryKeys.runs(experiment_id) })
      onClose()
    },
  })
  const keep = () => {
    keepColour(run_id, experiment_id, colour)
    onClose()
  }
  return (
    <Dialog title={t('runsTable.colourOf', { name: runName(row.info) })} onClose={onClose}>
      <Form className="stack" onSubmit={keep}>
        <fieldset className="colours">
          <legend className="visually-hidden">{t('runsTable.colours')}</legend>
          {THEME_COLOURS.map((one, i) => (
            <button
              key={one}
              type="button"
              aria-label={t('runsTable.colourNumber', { number: i + 1 })}
              aria-pressed={colour === one}
              style={{ background: one }}
              onClick={() => setColour(one)}
            />
          ))}
          <label>
            <span className="visually-hidden">{t('runsTable.otherColour')}</span>
            <input
              type="color"
              value={colour.startsWith('#') ? colour : '#808080'}
              onChange={(event) => setColour(event.target.value)}
            />
          </label>
        </fieldset>
        {share.isError && <Failure error={share.error} />}
        <FormActions action={t('runsTable.keepColour')}>
          <button
            type="button"
            className="button ghost"
            onClick={() => {
              keepColour(run_id, experiment_id, undefined)
              onClose()
            }}
          >
            {t('runsTable.defaultColour')}
          </button>
          {mayEdit && (
            <button
              type="button"
              className="button"
              disabled={share.isPending}
              onClick={() => share.mutate()}
            >
              {t('runsTable.shareColour')}
            </button>
          )}
        </FormActions>
      </Form>
    </Dialog>
  )
}
