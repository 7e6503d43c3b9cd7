import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { prettyJson } from '../run/pretty-json.js'
import { useText } from './file-part.js'
import { Loaded, Unreadable } from './file-states.js'
import { drawMap } from './geo.js'
import { TextViewer } from './text-viewer.js'
import { baseName } from './viewer-kind.js'
import type { ViewerProps } from './viewer-props.js'

const MAX_BYTES = 20_000_000
const WIDTH = 800
const HEIGHT = 460

/** GeoJSON on a plain map, above its text. */
export function GeoFile({ root, path }: ViewerProps) {
  const file = useText(root, path, MAX_BYTES)
  return <Loaded file={file}>{(part) => <Geo {...part} name={baseName(path)} />}</Loaded>
}

function Geo({ text, clipped, name }: { text: string; clipped: boolean; name: string }) {
  const { t } = useTranslation()
  const map = useMemo(() => {
    try {
      return drawMap(text, WIDTH, HEIGHT)
    } catch {
      return undefined
    }
  }, [text])
  const pretty = useMemo(() => prettyJson(text), [text])
  return (
    <>
      {map ? (
        <figure className="geo-map">
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={name}>
            {map.shapes.map(({ d, area, label }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: shapes have no identity but their place
              <path key={index} d={d} className={area ? 'area' : undefined}>
                <title>{label}</title>
              </path>
            ))}
          </svg>
          <figcaption className="muted">
            {t('viewer.features', { count: map.total })}
            {map.total > map.shapes.length && ` · ${t('viewer.drawn', { count: map.shapes.length })}`}
          </figcaption>
        </figure>
      ) : (
        <Unreadable>{t('viewer.noGeo')}</Unreadable>
      )}
      <TextViewer text={pretty} clipped={clipped} name={name} />
    </>
  )
}
