import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ArtifactRoot } from '../api/artifacts.js'
import type { Run } from '../api/runs.js'
import { Segments } from '../ui/segments.js'
import { Empty } from '../ui/states.js'
import { ArtifactPreview } from './artifact-preview.js'
import { ArtifactTree } from './artifact-tree.js'
import './artifacts.css'

interface ArtifactsProps {
  readonly run: Run
  readonly path: string | undefined
  readonly onPath: (path: string) => void
}

/** Artifacts of the run and of each model that it logged. */
export function Artifacts({ run, path, onPath }: ArtifactsProps) {
  const { t } = useTranslation()
  const models = run.outputs?.model_outputs ?? []
  const roots: ArtifactRoot[] = [
    { kind: 'run', id: run.info.run_id },
    ...models.map(({ model_id }) => ({ kind: 'model', id: model_id }) as const),
  ]
  const [rootId, setRootId] = useState(run.info.run_id)
  const root = roots.find(({ id }) => id === rootId) ?? roots[0]!
  return (
    <div className="artifacts">
      <div className="panel artifact-tree">
        {roots.length > 1 && (
          <Segments
            label={t('artifacts.root')}
            value={root.id}
            options={roots.map(({ kind, id }) => ({
              value: id,
              label:
                kind === 'run'
                  ? t('artifacts.run')
                  : roots.length > 2
                    ? id.slice(0, 10)
                    : t('artifacts.model'),
            }))}
            onChange={(id) => {
              setRootId(id)
              onPath('')
            }}
          />
        )}
        <ArtifactTree
          key={root.id}
          root={root}
          selected={path}
          onSelect={onPath}
          live={run.info.status === 'RUNNING'}
        />
      </div>
      <div className="panel artifact-preview">
        {path ? (
          <ArtifactPreview key={`${root.id}/${path}`} root={root} path={path} />
        ) : (
          <Empty title={t('artifacts.choose')} />
        )}
      </div>
    </div>
  )
}
