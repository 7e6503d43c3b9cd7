import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getExperimentByName, searchExperiments } from '../api/experiments.js'
import { RequestError } from '../api/http.js'
import { queryKeys } from '../api/query-keys.js'
import { moveRuns } from '../api/run-changes.js'
import { nameFilter } from '../experiments/use-experiments.js'
import { Dialog } from '../ui/dialog.js'
import { FormField } from '../ui/form-field.js'
import { Failure } from '../ui/states.js'
import { useDebounced } from '../ui/use-debounced.js'
import { invalidateRuns } from './bulk.js'

interface MoveDialogProps {
  readonly ids: readonly string[]
  /** Receives the experiment that has the runs now. */
  readonly onMoved: (experimentId: string) => void
  readonly onClose: () => void
}

/** Moves runs to an experiment that is found by its name. */
export function MoveDialog({ ids, onMoved, onClose }: MoveDialogProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const list = useId()
  const [name, setName] = useState('')
  const experiments = useExperimentSearch(name)
  const { target, isUnknown } = useTarget(name.trim())
  const move = useMutation({
    mutationFn: (experimentId: string) => moveRuns(ids, experimentId),
    onSuccess: (_, experimentId) => onMoved(experimentId),
    onSettled: () => invalidateRuns(queries),
  })
  return (
    <Dialog title={t('bulk.moveTitle', { count: ids.length })} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (target) move.mutate(target.experiment_id)
        }}
      >
        <p>{t('bulk.moveHelp')}</p>
        <FormField
          label={t('bulk.moveTo')}
          hint={t('bulk.moveToHint')}
          problem={isUnknown ? t('bulk.noExperiment') : undefined}
        >
          {(attributes) => (
            <input
              {...attributes}
              className="input"
              list={list}
              autoComplete="off"
              spellCheck={false}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </FormField>
        <datalist id={list}>
          {experiments.data?.map((experiment) => (
            <option key={experiment.experiment_id} value={experiment.name} />
          ))}
        </datalist>
        {move.isError && <Failure error={move.error} />}
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" className="button primary" disabled={!target || move.isPending}>
            {t('bulk.move')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

/** The active experiment with exactly this name, which may be behind the suggestions. */
function useTarget(name: string) {
  const wanted = useDebounced(name)
  const found = useQuery({
    enabled: wanted !== '',
    queryKey: [...queryKeys.experiments(wanted, false), 'exact'],
    queryFn: ({ signal }) => getExperimentByName(wanted, signal).catch(nothingIfMissing),
    retry: false,
  })
  const target = wanted === name && found.data?.lifecycle_stage === 'active' ? found.data : undefined
  return { target, isUnknown: wanted === name && found.isSuccess && !target }
}

function nothingIfMissing(error: unknown): null {
  if (error instanceof RequestError && error.code === 'RESOURCE_DOES_NOT_EXIST') return null
  throw error
}

const SHOWN = 50

function useExperimentSearch(text: string) {
  const search = useDebounced(text.trim())
  return useQuery({
    queryKey: [...queryKeys.experiments(search, false), 'names'],
    queryFn: ({ signal }) =>
      searchExperiments({ max_results: SHOWN, ...(search && { filter: nameFilter(search) }) }, signal),
    placeholderData: keepPreviousData,
    select: ({ experiments = [] }) => experiments,
  })
}
