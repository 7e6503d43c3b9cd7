import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ArtifactRoot, artifactUrl, listArtifacts } from '../api/artifacts.js'
import { queryKeys } from '../api/query-keys.js'
import { Icon } from '../ui/icon.js'
import { Empty, Skeleton } from '../ui/states.js'
import { ImageViewer } from './image-viewer.js'
import { PageViewer, SoundViewer, VideoViewer } from './media-viewers.js'
import { TextFile } from './text-viewer.js'
import { baseName, viewerKind } from './viewer-kind.js'
import type { ViewerProps } from './viewer-props.js'

const MarkdownFile = lazy(async () => ({ default: (await import('./markdown-viewer.js')).MarkdownFile }))
const CsvFile = lazy(async () => ({ default: (await import('./csv-viewer.js')).CsvFile }))
const JsonFile = lazy(async () => ({ default: (await import('./json-viewers.js')).JsonFile }))
const JsonLinesFile = lazy(async () => ({ default: (await import('./json-viewers.js')).JsonLinesFile }))
const ParquetFile = lazy(async () => ({ default: (await import('./parquet-viewer.js')).ParquetFile }))
const NotebookFile = lazy(async () => ({ default: (await import('./notebook-viewer.js')).NotebookFile }))
const GeoFile = lazy(async () => ({ default: (await import('./geo-viewer.js')).GeoFile }))
const ModelFile = lazy(async () => ({ default: (await import('./model-viewer.js')).ModelFile }))
const RequirementsFile = lazy(async () => ({
  default: (await import('./requirements-viewer.js')).RequirementsFile,
}))
const SteppedImages = lazy(async () => ({ default: (await import('./stepped-viewer.js')).SteppedImages }))

/** A preview of one file. Nothing in it runs with the origin of the console. Links may name a folder, of which the tree shows the files. */
export function ArtifactPreview({ root, path }: ViewerProps) {
  const { t } = useTranslation()
  const isFolder = useIsFolder(root, path)
  if (isFolder) return <Empty title={t('artifacts.choose')} />
  return (
    <>
      <header>
        <h3 className="truncate" title={path}>
          {path}
        </h3>
        <a className="button small" href={artifactUrl(root, path)} download={baseName(path)}>
          <Icon name="download" size={14} />
          {t('artifacts.download')}
        </a>
      </header>
      <Suspense fallback={<Skeleton />}>
        <Viewer root={root} path={path} />
      </Suspense>
    </>
  )
}

function useIsFolder(root: ArtifactRoot, path: string): boolean {
  const files = useQuery({
    queryKey: queryKeys.artifacts(root, path),
    queryFn: ({ signal }) => listArtifacts(root, path, signal),
    enabled: viewerKind(path) === 'unknown',
    retry: false,
  })
  return (files.data?.length ?? 0) > 0
}

function Viewer(props: ViewerProps) {
  switch (viewerKind(props.path)) {
    case 'image':
      return <ImageViewer {...props} />
    case 'steps':
      return <SteppedImages {...props} />
    case 'markdown':
      return <MarkdownFile {...props} />
    case 'csv':
      return <CsvFile {...props} />
    case 'json':
      return <JsonFile {...props} />
    case 'jsonl':
      return <JsonLinesFile {...props} />
    case 'parquet':
      return <ParquetFile {...props} />
    case 'html':
      return <PageViewer {...props} />
    case 'pdf':
      return <PageViewer {...props} pdf />
    case 'notebook':
      return <NotebookFile {...props} />
    case 'audio':
      return <SoundViewer {...props} />
    case 'video':
      return <VideoViewer {...props} />
    case 'geojson':
      return <GeoFile {...props} />
    case 'mlmodel':
      return <ModelFile {...props} />
    case 'requirements':
      return <RequirementsFile {...props} />
    case 'text':
      return <TextFile {...props} />
    case 'unknown':
      return <UnknownFile {...props} />
  }
}

/** Files without a known type may still be text. */
function UnknownFile(props: ViewerProps) {
  const { t } = useTranslation()
  const [asText, setAsText] = useState(false)
  if (asText) return <TextFile {...props} />
  return (
    <div className="stack">
      <Empty title={t('artifacts.noPreview')} />
      <div className="actions centred">
        <button type="button" className="button" onClick={() => setAsText(true)}>
          {t('viewer.asText')}
        </button>
      </div>
    </div>
  )
}
