import { useQueries } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { artifactUrl, listArtifacts } from '../api/artifacts.js'
import { queryKeys } from '../api/query-keys.js'
import { useStableList } from '../charts/use-stable-list.js'
import { Failure } from '../ui/states.js'
import { numberColumn, textColumn } from '../ui/table.js'
import { ArtifactImage } from './artifact-image.js'
import type { CardBodyProps } from './card-body.js'
import { useRunsWithin } from './cards-context.js'
import { imageAt, type LoggedImage, loggedImages } from './logged-images.js'
import { StepSlider } from './step-slider.js'

const FOLDER = 'images'
/** Runs whose artifacts are listed, each with a request. */
const MAX_RUNS = 50

interface RunImages {
  readonly runId: string
  readonly name: string
  readonly color: string
  readonly images: readonly LoggedImage[]
}

/** Images of runs side by side, by step. */
export function ImagesBody({ height, asTable, files, onBusy }: CardBodyProps) {
  const { t } = useTranslation()
  const { rows, keys, steps, isPending, failed } = useImages()
  const [step, setStep] = useState<number>()
  const at = step ?? steps.at(-1) ?? 0
  useEffect(() => onBusy(isPending), [onBusy, isPending])
  useEffect(() => {
    files.current = {
      svg: undefined,
      table: () => ({
        columns: [
          ...[t('column.run_name'), t('cards.image')].map(textColumn),
          numberColumn(t('curves.step')),
          textColumn(t('cards.path')),
        ],
        rows: rows.flatMap(({ name, images }) =>
          images.map(({ key, step: own, path }) => [name, key, own, path]),
        ),
      }),
    }
  }, [files, rows, t])
  if (failed) return <Failure error={failed.error} retry={() => void failed.refetch()} />
  if (keys.length === 0)
    return <p className="card-empty">{isPending ? t('common.loading') : t('cards.noImages')}</p>
  return (
    <>
      {steps.length > 1 && <StepSlider steps={steps} step={at} onStep={setStep} />}
      <div
        className="image-grid"
        style={{ maxHeight: height }}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: must be reachable to scroll
        tabIndex={0}
      >
        <ImageTable rows={rows} keys={keys} step={at} asText={asTable} />
      </div>
    </>
  )
}

function useImages() {
  const runs = useRunsWithin()
  const shown = runs.slice(0, MAX_RUNS)
  const results = useQueries({
    queries: shown.map(({ runId }) => {
      const root = { kind: 'run', id: runId } as const
      return {
        queryKey: queryKeys.artifacts(root, FOLDER),
        queryFn: ({ signal }: { signal: AbortSignal }) => listArtifacts(root, FOLDER, signal),
        staleTime: 10_000,
      }
    }),
  })
  const data = useStableList(results.map((result) => result.data))
  const rows = useMemo(
    () =>
      shown.map(({ runId, name, color }, i): RunImages => {
        const images = loggedImages((data[i] ?? []).map(({ path }) => path))
        return { runId, name, color, images }
      }),
    [shown, data],
  )
  const all = rows.flatMap(({ images }) => images)
  return {
    rows: rows.filter(({ images }) => images.length > 0),
    keys: [...new Set(all.map(({ key }) => key))].sort(),
    steps: [...new Set(all.map(({ step }) => step))].sort((a, b) => a - b),
    isPending: results.some(({ isPending }) => isPending),
    failed: results.find(({ isError, data }) => isError && data === undefined),
  }
}

interface ImageTableProps {
  readonly rows: readonly RunImages[]
  readonly keys: readonly string[]
  readonly step: number
  readonly asText: boolean
}

function ImageTable({ rows, keys, step, asText }: ImageTableProps) {
  const { t } = useTranslation()
  return (
    <table className="list">
      <thead>
        <tr>
          <th scope="col">{t('cards.image')}</th>
          {rows.map(({ runId, name, color }) => (
            <th scope="col" key={runId}>
              <span className="swatch" style={{ background: color }} />
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key}>
            <th scope="row">{key}</th>
            {rows.map(({ runId, name, images }) => (
              <td key={runId}>
                <ImageCell runId={runId} name={name} image={imageAt(images, key, step)} asText={asText} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

interface ImageCellProps {
  readonly runId: string
  readonly name: string
  readonly image: LoggedImage | undefined
  readonly asText: boolean
}

function ImageCell({ runId, name, image, asText }: ImageCellProps) {
  const { t } = useTranslation()
  if (!image) return <span className="muted">–</span>
  const root = { kind: 'run', id: runId } as const
  const alt = t('cards.imageOf', { key: image.key, name, step: image.step })
  return (
    <a href={artifactUrl(root, image.path)} target="_blank" rel="noreferrer">
      {asText ? image.path : <ArtifactImage root={root} path={image.preview} alt={alt} />}
    </a>
  )
}
