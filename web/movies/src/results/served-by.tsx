import type { ServedModel } from '../api/recommendations.js'
import { Icon } from '../app/icon.js'
import { useLanguage, useMessages } from '../i18n/use-messages.js'

/** The model version that responded, with a link to its page. */
export function ServedBy({ served }: { served: ServedModel }) {
  const { served: messages } = useMessages()
  const language = useLanguage()
  const { name, model, version, latencyMs } = served
  const latency = latencyMs.toLocaleString(language, { maximumFractionDigits: latencyMs < 10 ? 1 : 0 })
  const what = (
    <>
      <b>{model ?? name}</b> {version && messages.version(version)}
    </>
  )
  return (
    <p class="served">
      <Icon name="endpoint" />
      <span>
        {messages.by}{' '}
        {model && version ? (
          <a
            href={`../#/models/${encodeURIComponent(model)}/versions/${encodeURIComponent(version)}`}
            title={messages.open(model)}
          >
            {what}
          </a>
        ) : (
          <span>{what}</span>
        )}
        {model && model !== name && <span class="muted"> ({name})</span>}
        <span class="muted"> · {messages.latency(latency)}</span>
      </span>
    </p>
  )
}
