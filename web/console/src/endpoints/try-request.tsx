import { useMutation } from '@tanstack/react-query'
import { type KeyboardEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Invocation, invoke, type ServingEndpoint } from '../api/endpoints.js'
import { formatDuration } from '../i18n/format.js'
import { prettyJson } from '../run/pretty-json.js'
import { CodeBlock } from '../ui/copy.js'
import { Icon } from '../ui/icon.js'
import { Empty, Failure } from '../ui/states.js'
import { useInputExample } from './input-example.js'
import { readRecommended } from './read-items.js'
import { Recommendations } from './recommendations.js'

/** A request to edit and send, and the answer with who gave it and how long it took. */
export function TryRequest({ endpoint }: { endpoint: ServingEndpoint }) {
  const { t } = useTranslation()
  const heading = useId()
  const example = useInputExample(endpoint)
  const [draft, setDraft] = useState<string>()
  const body = draft ?? example.data ?? ''
  const ask = useMutation({ mutationFn: (text: string) => invoke(endpoint.name, text) })
  const wrong = syntaxError(body)
  const send = () => ask.mutate(body)
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !wrong) send()
  }
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('try.title')}</h2>
        <button
          type="button"
          className="button primary"
          disabled={Boolean(wrong) || ask.isPending}
          onClick={send}
        >
          <Icon name="play" size={13} />
          {t('try.send')}
        </button>
      </header>
      <div className="body try">
        <label className="field">
          <span>{t('try.request')}</span>
          <textarea
            className="input mono"
            rows={12}
            spellCheck={false}
            aria-invalid={Boolean(wrong)}
            value={body}
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={onKeyDown}
          />
          <small className={wrong ? 'problem' : 'muted'}>{wrong ?? t('try.hint')}</small>
        </label>
        <div className="answer" aria-live="polite">
          <span className="label">{t('try.answer')}</span>
          {ask.isError && <Failure error={ask.error} />}
          {ask.data && <Answer answer={ask.data} by={servedBy(endpoint, ask.data)} />}
          {ask.isIdle && <Empty title={t('try.idle')} />}
        </div>
      </div>
    </section>
  )
}

function syntaxError(text: string): string | undefined {
  if (!text) return undefined
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** The header names the served entity; people want the version that it stands for. */
function servedBy({ config }: ServingEndpoint, { servedBy: name }: Invocation): string | undefined {
  const entity = config?.served_entities.find((one) => one.name === name)
  return entity ? `${entity.entity_name} v${entity.entity_version}` : (name ?? undefined)
}

function Answer({ answer, by }: { answer: Invocation; by: string | undefined }) {
  const { t } = useTranslation()
  const recommended = readRecommended(answer.body)
  return (
    <>
      <p className="answer-facts">
        <span className="chip">{formatDuration(answer.ms)}</span>
        {by && (
          <span className="chip accent" title={`served-model-name: ${answer.servedBy}`}>
            {t('try.servedBy', { name: by })}
          </span>
        )}
      </p>
      {recommended && <Recommendations recommended={recommended} />}
      {recommended ? (
        <details>
          <summary>JSON</summary>
          <CodeBlock code={prettyJson(answer.body)} />
        </details>
      ) : (
        <CodeBlock code={prettyJson(answer.body)} />
      )}
    </>
  )
}
