import { useQuery } from '@tanstack/react-query'
import { type ArtifactRoot, getArtifactPart } from '../api/artifacts.js'
import { queryKeys } from '../api/query-keys.js'

/** As much of a text as a page shows quickly. */
export const TEXT_BYTES = 1_000_000
const KEPT_MS = 30_000

/** The first bytes of a file as text; `clipped` if there are more. */
export function useText(root: ArtifactRoot, path: string, bytes = TEXT_BYTES) {
  return useQuery({
    queryKey: queryKeys.artifact(root, path, `first ${bytes}`),
    queryFn: async ({ signal }) => {
      const part = await getArtifactPart(root, path, { start: 0, end: bytes }, signal)
      const clipped = part.total > part.bytes.byteLength
      // A character may be cut at the end of a part.
      return { text: new TextDecoder().decode(part.bytes, { stream: clipped }), clipped, total: part.total }
    },
    gcTime: KEPT_MS,
    structuralSharing: false,
  })
}
