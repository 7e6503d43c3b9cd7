import { useEffect, useState } from 'preact/hooks'
import { findModelName, type ServedModel } from '../api/recommendations.js'
import type { Server } from '../api/server.js'
import { Icon } from '../app/icon.js'
import { useLanguage, useMessages } from '../i18n/use-messages.js'

/** The model version that responded, with a link to its page. */
export function ServedBy({ server, served }: { server: Server; served: ServedModel }) {
  const { served: messages } = useMessages()
  const language = useLanguage()
  const model = useModelName(server, served.name)
  const { name, version, latencyMs } = served
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

function useModelName(server: Server, servedName: string): string | undefined {
  const [model, setModel] = useState<string>()
  useEffect(() => {
    if (!servedName) return
    // Falls back to the name of the served entity.
    findModelName(server, servedName).then(setModel, () => setModel(undefined))
  }, [server, servedName])
  return model
}
