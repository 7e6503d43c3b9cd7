import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failure } from '../ui/states.js'
import { numberColumn, textColumn } from '../ui/table.js'
import { first } from './card.js'
import type { CardBodyProps } from './card-body.js'
import { useRunsWithin } from './cards-context.js'
import { ImageOverlay } from './image-overlay.js'
import { mediaAt } from './logged-media.js'
import { MediaCell } from './media-cell.js'
import { StepSlider } from './step-slider.js'
import { type RunMedia, useMedia } from './use-media.js'

/** Images, sounds, texts and tables of runs side by side, by step. */
export function ImagesBody({ card, height, asTable, files, onBusy }: CardBodyProps) {
  const { t } = useTranslation()
  const { rows, keys, steps, isPending, failed } = useMedia(useRunsWithin())
  const [step, setStep] = useState<number>()
  const at = step ?? steps.at(-1) ?? 0
  const [isLoaded, setLoaded] = useState(false)
  useEffect(() => {
    onBusy(isPending)
    if (!isPending) setLoaded(true)
  }, [onBusy, isPending])
  useEffect(() => {
    files.current = {
      svg: undefined,
      table: () => ({
        columns: [
          ...[t('column.run_name'), t('cards.image')].map(textColumn),
          numberColumn(t('curves.step')),
          textColumn(t('cards.path')),
        ],
        rows: rows.flatMap(({ name, media }) =>
          media.map(({ key, step: own, path }) => [name, key, own, path]),
        ),
      }),
    }
  }, [files, rows, t])
  if (failed) return <Failure error={failed.error} retry={() => void failed.refetch()} />
  const wantsOverlay = first(card.options, 'st') === 'overlay' && !asTable
  // Until all runs have loaded, the first two of those with images may be others.
  if (keys.length === 0 || (wantsOverlay && isPending && !isLoaded))
    return <p className="card-empty">{isPending ? t('common.loading') : t('cards.noImages')}</p>
  const isOverlay = wantsOverlay && rows.length >= 2
  return (
    <>
      {steps.length > 1 && <StepSlider steps={steps} step={at} onStep={setStep} />}
      <div
        className="image-grid"
        style={{ maxHeight: height }}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: must be reachable to scroll
        tabIndex={0}
      >
        {isOverlay ? (
          <Overlays left={rows[0]!} right={rows[1]!} keys={keys} step={at} />
        ) : (
          <MediaTable rows={rows} keys={keys} step={at} asText={asTable} />
        )}
      </div>
      {isOverlay && rows.length > 2 && <figcaption>{t('cards.firstRuns', { count: 2 })}</figcaption>}
    </>
  )
}

interface MediaTableProps {
  readonly rows: readonly RunMedia[]
  readonly keys: readonly string[]
  readonly step: number
  readonly asText: boolean
}

function MediaTable({ rows, keys, step, asText }: MediaTableProps) {
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
            {rows.map(({ runId, name, media }) => (
              <td key={runId}>
                <MediaCell {...{ runId, name, asText }} media={mediaAt(media, key, step)} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

interface OverlaysProps {
  readonly left: RunMedia
  readonly right: RunMedia
  readonly keys: readonly string[]
  readonly step: number
}

/** The images that both runs have, one upon the other. */
function Overlays({ left, right, keys, step }: OverlaysProps) {
  const { t } = useTranslation()
  const pairs = keys.flatMap((key) => {
    const [a, b] = [left, right].map(({ media }) => mediaAt(media, key, step))
    return a?.kind === 'image' && b?.kind === 'image' ? [{ key, a, b }] : []
  })
  if (pairs.length === 0) return <p className="card-empty">{t('cards.noPairsOfImages')}</p>
  return (
    <ul className="image-overlays">
      {pairs.map(({ key, a, b }) => (
        <li key={key}>
          <ImageOverlay name={key} left={{ run: left, image: a }} right={{ run: right, image: b }} />
        </li>
      ))}
    </ul>
  )
}
