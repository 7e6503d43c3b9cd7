import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useText } from './file-part.js'
import { Loaded } from './file-states.js'
import { type ModelCard, parseModel } from './mlmodel.js'
import { SignatureTable } from './signature-table.js'
import { TextViewer } from './text-viewer.js'
import { baseName } from './viewer-kind.js'
import type { ViewerProps } from './viewer-props.js'

/** An MLmodel: signature and flavors as tables, above its text. */
export function ModelFile({ root, path }: ViewerProps) {
  const file = useText(root, path)
  return <Loaded file={file}>{(part) => <Model {...part} name={baseName(path)} />}</Loaded>
}

function Model({ text, clipped, name }: { text: string; clipped: boolean; name: string }) {
  const model = useMemo(() => {
    try {
      return parseModel(text)
    } catch {
      return undefined
    }
  }, [text])
  return (
    <>
      {model && <Card model={model} />}
      <TextViewer text={text} clipped={clipped} name={name} />
    </>
  )
}

function Card({ model }: { model: ModelCard }) {
  const { t } = useTranslation()
  return (
    <div className="body stack model-card">
      <SignatureTable title={t('viewer.inputs')} fields={model.inputs} />
      <SignatureTable title={t('viewer.outputs')} fields={model.outputs} />
      <SignatureTable title={t('kind.params')} fields={model.params} />
      <div>
        <h4>{t('viewer.flavors')}</h4>
        <dl className="facts">
          {model.flavors.map(({ name, settings }) => (
            <div key={name} className="fact">
              <dt className="mono">{name}</dt>
              <dd className="muted">{settings.map(([key, value]) => `${key}: ${value}`).join(' · ')}</dd>
            </div>
          ))}
        </dl>
      </div>
      <dl className="facts">
        {model.facts.map(([key, value]) => (
          <div key={key} className="fact">
            <dt>{key}</dt>
            <dd className="mono">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
