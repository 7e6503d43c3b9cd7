import { type CSSProperties, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ArtifactImage } from './artifact-image.js'
import type { LoggedMedia } from './logged-media.js'
import type { RunMedia } from './use-media.js'

interface OverlaidImage {
  readonly run: RunMedia
  readonly image: LoggedMedia
}

interface ImageOverlayProps {
  readonly name: string
  readonly left: OverlaidImage
  readonly right: OverlaidImage
}

/** Two images on the same place, with a handle that uncovers one or the other. */
export function ImageOverlay({ name, left, right }: ImageOverlayProps) {
  const { t } = useTranslation()
  const [percent, setPercent] = useState(50)
  const imageOf = ({ run, image }: OverlaidImage) => (
    <ArtifactImage
      root={{ kind: 'run', id: run.runId }}
      path={image.path}
      alt={t('cards.imageOf', { key: name, name: run.name, step: image.step })}
    />
  )
  return (
    <figure className="image-overlay">
      <div style={{ '--at': `${percent}%` } as CSSProperties}>
        {imageOf(left)}
        {imageOf(right)}
        <input
          type="range"
          min={0}
          max={100}
          value={percent}
          aria-label={t('cards.overlayHandle', { name })}
          aria-valuetext={t('cards.overlayValue', { percent, left: left.run.name, right: right.run.name })}
          onChange={({ target }) => setPercent(Number(target.value))}
        />
      </div>
      <figcaption>
        {[left, right].map(({ run, image }) => (
          <span key={run.runId}>
            <span className="swatch" style={{ background: run.color }} />
            {run.name} · {t('viewer.step', { step: image.step })}
          </span>
        ))}
      </figcaption>
    </figure>
  )
}
