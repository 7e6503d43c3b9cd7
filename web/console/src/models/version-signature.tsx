import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { SignatureTable } from '../artifacts/signature-table.js'
import { Skeleton } from '../ui/states.js'
import { modelFileQuery } from './queries.js'
import '../artifacts/artifacts.css'

/** The inputs, outputs and parameters of a version, and its flavors. Nothing for a version without an MLmodel file. */
export function VersionSignature({ name, version }: { readonly name: string; readonly version: string }) {
  const { t } = useTranslation()
  const heading = useId()
  const file = useQuery(modelFileQuery(name, version))
  if (file.isError) return null
  const fields = file.data && [...file.data.inputs, ...file.data.outputs, ...file.data.params]
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('compareVersions.signature')}</h2>
        <span className="muted mono">{file.data?.flavors.map((flavor) => flavor.name).join(', ')}</span>
      </header>
      {file.isPending && <Skeleton lines={3} />}
      {fields?.length === 0 && <p className="body muted">{t('models.noSignature')}</p>}
      {file.data && fields!.length > 0 && (
        <div className="body stack">
          <SignatureTable title={t('viewer.inputs')} fields={file.data.inputs} />
          <SignatureTable title={t('viewer.outputs')} fields={file.data.outputs} />
          <SignatureTable title={t('kind.params')} fields={file.data.params} />
        </div>
      )}
    </section>
  )
}
