import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { batchesOf } from '../api/batches.js'
import { queryKeys } from '../api/query-keys.js'
import { deleteRunTag, setRunTag } from '../api/run-changes.js'
import { batchGetRuns, compareRuns } from '../api/runs.js'
import { isUserTag } from '../run/run-tags.js'
import { Dialog } from '../ui/dialog.js'
import { FormField } from '../ui/form-field.js'
import { Segments } from '../ui/segments.js'
import { Failure, Skeleton } from '../ui/states.js'
import { SubmitForm } from '../ui/submit-form.js'
import { forEachRun, invalidateRuns } from './bulk.js'
import { type BulkDialogProps, useBulk } from './bulk-dialogs.js'

const MODES = ['set', 'remove'] as const

/** Sets or removes a tag of the selected runs. */
export function TagDialog(props: BulkDialogProps) {
  const { t } = useTranslation()
  const [mode, setMode] = useState<(typeof MODES)[number]>('set')
  return (
    <Dialog title={t('bulk.tagTitle', { count: props.ids.length })} onClose={props.onClose}>
      <div className="stack">
        <Segments
          label={t('bulk.tagMode')}
          value={mode}
          options={MODES.map((value) => ({ value, label: t(`bulk.tagMode_${value}`) }))}
          onChange={setMode}
        />
        {mode === 'set' ? <SetTag {...props} /> : <RemoveTag {...props} />}
      </div>
    </Dialog>
  )
}

function SetTag({ ids, onDone, onClose }: BulkDialogProps) {
  const { t } = useTranslation()
  const [key, setKey] = useState('')
  const [value, setValue] = useState('')
  const set = useBulk((id) => setRunTag(id, key.trim(), value), ids, onDone)
  const field = (label: string, text: string, change: (text: string) => void, isRequired: boolean) => (
    <FormField label={label}>
      {(attributes) => (
        <input
          {...attributes}
          className="input"
          value={text}
          required={isRequired}
          maxLength={isRequired ? 250 : 5000}
          onChange={(event) => change(event.target.value)}
        />
      )}
    </FormField>
  )
  return (
    <SubmitForm
      action={t('bulk.tagIt')}
      request={set}
      isReady={key.trim() !== ''}
      onSubmit={() => set.mutate()}
      onCancel={onClose}
    >
      {field(t('bulk.tagKey'), key, setKey, true)}
      {field(t('bulk.tagValue'), value, setValue, false)}
    </SubmitForm>
  )
}

/** Offers the tags that the runs have. */
function RemoveTag({ ids, onDone, onClose }: BulkDialogProps) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState('')
  const tags = useQuery({
    queryKey: queryKeys.comparedKeys(['tags', ...ids]),
    queryFn: ({ signal }) => countTags(ids, signal),
  })
  const key = chosen || (tags.data?.[0]?.[0] ?? '')
  const remove = useRemoveTag(key, ids, onDone)
  if (tags.isPending) return <Skeleton lines={2} />
  if (tags.isError) return <Failure error={tags.error} retry={() => void tags.refetch()} />
  if (tags.data.length === 0) return <p className="muted">{t('run.noTags')}</p>
  return (
    <SubmitForm
      action={t('bulk.removeTag')}
      request={remove}
      isDanger
      onSubmit={() => remove.mutate()}
      onCancel={onClose}
    >
      <FormField label={t('bulk.tagKey')}>
        {(attributes) => (
          <select
            {...attributes}
            className="select"
            value={key}
            onChange={(event) => setChosen(event.target.value)}
          >
            {tags.data.map(([one, count]) => (
              <option key={one} value={one}>
                {t('bulk.tagOfRuns', { name: one, count })}
              </option>
            ))}
          </select>
        )}
      </FormField>
    </SubmitForm>
  )
}

/** The tags of runs that people wrote, with the number of runs that have them. */
async function countTags(
  ids: readonly string[],
  signal: AbortSignal,
): Promise<[key: string, count: number][]> {
  const counts = new Map<string, number>()
  for (const batch of batchesOf(ids))
    for (const { key, count } of (await compareRuns(batch, signal)).tags)
      if (isUserTag(key)) counts.set(key, (counts.get(key) ?? 0) + count)
  return [...counts].sort(([a], [b]) => a.localeCompare(b))
}

/** Removes the tag from the runs that have it. */
function useRemoveTag(key: string, ids: readonly string[], onDone: () => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async () => {
      for (const batch of batchesOf(ids)) {
        const runs = await batchGetRuns(batch, { metrics: [], params: [], tags: [key] })
        const tagged = runs.filter(({ data }) => data.tags?.some((tag) => tag.key === key))
        await forEachRun(
          tagged.map(({ info }) => info.run_id),
          (id) => deleteRunTag(id, key),
        )
      }
    },
    onSuccess: onDone,
    onSettled: () => invalidateRuns(queries),
  })
}
