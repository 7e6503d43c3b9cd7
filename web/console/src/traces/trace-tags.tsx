import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { deleteTraceTag, setTraceTag, type TraceInfo } from '../api/traces.js'
import { fieldText } from '../ui/field-text.js'
import { Form } from '../ui/form.js'
import { Icon } from '../ui/icon.js'
import { Failure } from '../ui/states.js'
import { SubmitButton } from '../ui/submit-button.js'
import { userTags } from './trace-cells.js'

interface TraceTagsProps {
  readonly trace: TraceInfo
  readonly mayEdit: boolean
}

/** Tags that can be changed, and the metadata that a client recorded. */
export function TraceTags({ trace, mayEdit }: TraceTagsProps) {
  const { t } = useTranslation()
  const heading = useId()
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: ({ key, value }: { key: string; value: string | undefined }) =>
      value === undefined ? deleteTraceTag(trace.trace_id, key) : setTraceTag(trace.trace_id, key, value),
    onSuccess: () => queries.invalidateQueries({ queryKey: queryKeys.trace(trace.trace_id) }),
  })
  const tags = userTags(trace.tags)
  const metadata = Object.entries(trace.trace_metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('traces.tags')}</h2>
      </header>
      <div className="body stack">
        {tags.length === 0 && !mayEdit && <p className="muted">{t('run.noTags')}</p>}
        {tags.length > 0 && (
          <ul className="chips">
            {tags.map(([key, value]) => (
              <li key={key} className="chip">
                <span className="muted">{key}</span> {value}
                {mayEdit && (
                  <button
                    type="button"
                    aria-label={t('traces.removeTag', { key })}
                    disabled={change.isPending}
                    onClick={() => change.mutate({ key, value: undefined })}
                  >
                    <Icon name="close" size={10} />
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
        {change.isError && <Failure error={change.error} />}
        {mayEdit && (
          <Form
            className="trace-tag-form"
            isPending={change.isPending}
            onSubmit={(fields, form) =>
              change.mutate(
                { key: fieldText(fields, 'key'), value: fieldText(fields, 'value') },
                { onSuccess: () => form.reset() },
              )
            }
          >
            {(['key', 'value'] as const).map((name) => (
              <input
                key={name}
                className="input"
                name={name}
                required={name === 'key'}
                maxLength={name === 'key' ? 250 : 8000}
                aria-label={t(`traces.tag_${name}`)}
                placeholder={t(`traces.tag_${name}`)}
                autoComplete="off"
                spellCheck={false}
              />
            ))}
            <SubmitButton isPending={change.isPending}>{t('traces.addTag')}</SubmitButton>
          </Form>
        )}
        {metadata.length > 0 && (
          <details>
            <summary>{t('traces.metadata', { count: metadata.length })}</summary>
            <dl className="span-attributes">
              {metadata.map(([key, value]) => (
                <div key={key}>
                  <dt className="mono">{key}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
    </section>
  )
}
