import type { ArtifactRoot } from '../api/artifacts.js'

export interface ViewerProps {
  readonly root: ArtifactRoot
  readonly path: string
}
