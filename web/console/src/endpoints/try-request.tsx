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
import { parseRecommendations } from './recommendation-response.js'
import { Recommendations } from './recommendations.js'

/** Sends an edited request and shows the response, the served entity and the latency. */
export function TryRequest({ endpoint }: { endpoint: ServingEndpoint }) {
  const { t } = useTranslation()
  const heading = useId()
  const example = useInputExample(endpoint)
  const [draft, setDraft] = useState<string>()
  const body = draft ?? example.data ?? ''
  const request = useMutation({ mutationFn: (text: string) => invoke(endpoint.name, text) })
  const invalid = syntaxError(body)
  const mayQuery = endpoint.permission_level !== 'CAN_VIEW'
  const send = () => request.mutate(body)
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !invalid && mayQuery) send()
  }
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('try.title')}</h2>
        <button
          type="button"
          className="button primary"
          disabled={Boolean(invalid) || request.isPending || !mayQuery}
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
            aria-invalid={Boolean(invalid)}
            value={body}
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={onKeyDown}
          />
          <small className={invalid ? 'problem' : 'muted'}>
            {invalid ?? t(mayQuery ? 'try.hint' : 'endpoint.mayNotQuery')}
          </small>
        </label>
        <div className="response" aria-live="polite">
          <span className="label">{t('try.response')}</span>
          {request.isError && <Failure error={request.error} />}
          {request.data && <ResponsePanel response={request.data} by={servedBy(endpoint, request.data)} />}
          {request.isIdle && <Empty title={t('try.idle')} />}
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

/** Model and version of the served entity that the response header names. */
function servedBy({ config }: ServingEndpoint, { servedBy: name }: Invocation): string | undefined {
  const entity = config?.served_entities.find((candidate) => candidate.name === name)
  return entity ? `${entity.entity_name} v${entity.entity_version}` : (name ?? undefined)
}

function ResponsePanel({ response, by }: { response: Invocation; by: string | undefined }) {
  const { t } = useTranslation()
  const recommended = parseRecommendations(response.body)
  return (
    <>
      <p className="response-facts">
        <span className="chip">{formatDuration(response.ms)}</span>
        {by && (
          <span className="chip accent" title={`served-model-name: ${response.servedBy}`}>
            {t('try.servedBy', { name: by })}
          </span>
        )}
      </p>
      {recommended && <Recommendations recommended={recommended} />}
      {recommended ? (
        <details>
          <summary>JSON</summary>
          <CodeBlock code={prettyJson(response.body)} />
        </details>
      ) : (
        <CodeBlock code={prettyJson(response.body)} />
      )}
    </>
  )
}
