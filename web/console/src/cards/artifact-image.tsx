import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { type ArtifactRoot, getArtifact } from '../api/artifacts.js'
import { queryKeys } from '../api/query-keys.js'

interface ArtifactImageProps {
  readonly root: ArtifactRoot
  readonly path: string
  readonly alt: string
}

/** An image among the artifacts. Servers send artifacts as plain bytes, so its type comes from its name. */
export function ArtifactImage({ root, path, alt }: ArtifactImageProps) {
  const { data } = useQuery({
    queryKey: queryKeys.artifact(root, path),
    queryFn: async ({ signal }) => {
      const blob = await getArtifact(root, path, signal)
      return {
        blob: new Blob([blob], { type: `image/${path.slice(path.lastIndexOf('.') + 1).toLowerCase()}` }),
      }
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
  })
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    if (!data) return
    const made = URL.createObjectURL(data.blob)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [data])
  return url ? <img src={url} alt={alt} title={alt} /> : <span className="image-place" />
}
