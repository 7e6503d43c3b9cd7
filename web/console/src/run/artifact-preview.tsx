import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ArtifactRoot, artifactUrl, getArtifact } from '../api/artifacts.js'
import { queryKeys } from '../api/query-keys.js'
import { Icon } from '../ui/icon.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { baseName } from './artifact-tree.js'
import { prettyJson } from './pretty-json.js'
import { clip, previewKind } from './preview-kind.js'

/** A preview of one file. Scripts in it never run. */
export function ArtifactPreview({ root, path }: { root: ArtifactRoot; path: string }) {
  const { t } = useTranslation()
  return (
    <>
      <header>
        <h3 className="truncate" title={path}>
          {path}
        </h3>
        <Download root={root} path={path} />
      </header>
      {previewKind(path) === 'none' ? (
        <Empty title={t('artifacts.noPreview')} />
      ) : (
        <Content root={root} path={path} />
      )}
    </>
  )
}

function Download({ root, path }: { root: ArtifactRoot; path: string }) {
  const { t } = useTranslation()
  return (
    <a className="button small" href={artifactUrl(root, path)} download={baseName(path)}>
      <Icon name="download" size={14} />
      {t('artifacts.download')}
    </a>
  )
}

function Content({ root, path }: { root: ArtifactRoot; path: string }) {
  const kind = previewKind(path)
  const file = useQuery({
    queryKey: queryKeys.artifact(root, path),
    queryFn: async ({ signal }) => {
      const blob = await getArtifact(root, path, signal)
      return kind === 'image' ? { blob: retyped(blob, path) } : { text: await blob.text() }
    },
    gcTime: 30_000,
  })
  if (file.isPending) return <Skeleton />
  if (file.isError) return <Failure error={file.error} retry={() => void file.refetch()} />
  if (file.data.blob) return <ImagePreview blob={file.data.blob} name={baseName(path)} />
  return (
    <TextPreview text={kind === 'json' ? prettyJson(file.data.text) : file.data.text} name={baseName(path)} />
  )
}

/** Servers send artifacts as plain bytes, but an image needs its type. SVG in an `img` cannot run scripts. */
const retyped = (blob: Blob, path: string) => {
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase()
  const type = extension === 'svg' ? 'svg+xml' : extension === 'jpg' ? 'jpeg' : extension
  return new Blob([blob], { type: `image/${type}` })
}

function ImagePreview({ blob, name }: { blob: Blob; name: string }) {
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    const made = URL.createObjectURL(blob)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [blob])
  return <div className="image-preview">{url && <img src={url} alt={name} />}</div>
}

function TextPreview({ text, name }: { text: string; name: string }) {
  const { t } = useTranslation()
  const shown = clip(text)
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: must be reachable to scroll */}
      <section className="text-preview" tabIndex={0} aria-label={name}>
        <pre>{shown.text}</pre>
      </section>
      {shown.clipped && <p className="body muted">{t('artifacts.clipped')}</p>}
    </>
  )
}
