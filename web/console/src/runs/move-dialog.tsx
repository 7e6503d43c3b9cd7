import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getExperimentByName, searchExperiments } from '../api/experiments.js'
import { codeOf } from '../api/http.js'
import { queryKeys } from '../api/query-keys.js'
import { moveRuns } from '../api/run-changes.js'
import { nameFilter } from '../experiments/name-filter.js'
import { FormDialog } from '../ui/form-dialog.js'
import { FormField } from '../ui/form-field.js'
import { useDebounced } from '../ui/use-debounced.js'
import { invalidateRuns } from './bulk.js'

interface MoveDialogProps {
  readonly ids: readonly string[]
  /** Receives the target experiment. */
  readonly onMoved: (experimentId: string) => void
  readonly onClose: () => void
}

/** Moves runs to an experiment that is chosen by name. */
export function MoveDialog({ ids, onMoved, onClose }: MoveDialogProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const list = useId()
  const [name, setName] = useState('')
  const wanted = useDebounced(name.trim())
  const experiments = useExperimentSearch(wanted)
  const exact = useExactExperiment(wanted)
  const isSettled = wanted === name.trim()
  const target = isSettled ? (exact.data ?? undefined) : undefined
  const isUnknown = isSettled && exact.isSuccess && !exact.data
  const move = useMutation({
    mutationFn: (experimentId: string) => moveRuns(ids, experimentId),
    onSuccess: (_, experimentId) => onMoved(experimentId),
    onSettled: () => invalidateRuns(queries),
  })
  return (
    <FormDialog
      title={t('bulk.moveTitle', { count: ids.length })}
      onClose={onClose}
      action={t('bulk.move')}
      request={move}
      isReady={target !== undefined}
      onSubmit={() => target && move.mutate(target.experiment_id)}
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
    </FormDialog>
  )
}

/** The active experiment with this name, which the suggestions may lack; null without one. */
const useExactExperiment = (name: string) =>
  useQuery({
    enabled: name !== '',
    queryKey: [...queryKeys.experiments(false, name), 'exact'],
    queryFn: ({ signal }) => getExperimentByName(name, signal).catch(nullIfMissing),
    retry: false,
    select: (found) => (found?.lifecycle_stage === 'active' ? found : null),
  })

function nullIfMissing(error: unknown): null {
  if (codeOf(error) === 'RESOURCE_DOES_NOT_EXIST') return null
  throw error
}

const SHOWN = 50

const useExperimentSearch = (search: string) =>
  useQuery({
    queryKey: [...queryKeys.experiments(false, search), 'names'],
    queryFn: ({ signal }) =>
      searchExperiments({ max_results: SHOWN, ...(search && { filter: nameFilter(search) }) }, signal),
    placeholderData: keepPreviousData,
    select: ({ experiments = [] }) => experiments,
  })
