import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { getArtifact } from '../api/artifacts.js'
import { queryKeys } from '../api/query-keys.js'
import { Loaded } from './file-states.js'
import { baseName, extensionOf } from './viewer-kind.js'
import type { ViewerProps } from './viewer-props.js'

const KEPT_MS = 30_000

export function ImageViewer({ root, path }: ViewerProps) {
  const file = useQuery({
    queryKey: queryKeys.artifact(root, path, 'all'),
    queryFn: async ({ signal }) => retyped(await getArtifact(root, path, signal), path),
    gcTime: KEPT_MS,
  })
  return <Loaded file={file}>{(blob) => <BlobImage blob={blob} name={baseName(path)} />}</Loaded>
}

/** Servers send artifacts as plain bytes, but an image needs its type. SVG in an `img` cannot run scripts. */
function retyped(blob: Blob, path: string): Blob {
  const extension = extensionOf(path)
  const type = extension === 'svg' ? 'svg+xml' : extension === 'jpg' ? 'jpeg' : extension
  return new Blob([blob], { type: `image/${type}` })
}

function BlobImage({ blob, name }: { blob: Blob; name: string }) {
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    const made = URL.createObjectURL(blob)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [blob])
  return <div className="image-preview">{url && <img src={url} alt={name} />}</div>
}
