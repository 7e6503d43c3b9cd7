import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { artifactUrl, listArtifacts } from '../api/artifacts.js'
import { queryKeys } from '../api/query-keys.js'
import { useFormat } from '../i18n/format.js'
import { Loaded } from './file-states.js'
import { type SteppedImage, steppedImages } from './stepped-images.js'
import type { ViewerProps } from './viewer-props.js'

/** The images of the key of a file by step, with a slider. */
export function SteppedImages({ root, path }: ViewerProps) {
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')))
  const files = useQuery({
    queryKey: queryKeys.artifacts(root, folder),
    queryFn: ({ signal }) => listArtifacts(root, folder, signal),
  })
  return (
    <Loaded file={files}>
      {(found) => {
        const keys = steppedImages(found.map((file) => file.path))
        const [key = '', images = []] =
          [...keys].find(([, list]) => list.some((image) => image.path === path)) ?? [...keys][0] ?? []
        return <Steps name={key} images={images} first={path} url={(image) => artifactUrl(root, image)} />
      }}
    </Loaded>
  )
}

interface StepsProps {
  readonly name: string
  readonly images: readonly SteppedImage[]
  readonly first: string
  readonly url: (path: string) => string
}

function Steps({ name, images, first, url }: StepsProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const [index, setIndex] = useState(() =>
    Math.max(
      0,
      images.findIndex(({ path }) => path === first),
    ),
  )
  const image = images[Math.min(index, images.length - 1)]
  if (!image) return null
  const step = t('viewer.step', { step: format.integer(image.step) })
  return (
    <>
      {images.length > 1 && (
        <div className="viewer-tools">
          <input
            type="range"
            min={0}
            max={images.length - 1}
            value={index}
            aria-label={t('viewer.stepOf', { name })}
            aria-valuetext={step}
            onChange={(event) => setIndex(Number(event.target.value))}
          />
          <output>{step}</output>
          <span className="muted">{format.time(image.timestamp)}</span>
        </div>
      )}
      <div className="image-preview">
        <img src={url(image.path)} alt={`${name}, ${step}`} />
      </div>
    </>
  )
}
