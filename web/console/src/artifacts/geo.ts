import { type GeoPermissibleObjects, geoIdentity, geoPath } from 'd3-geo'
import type { Feature, GeoJSON, Geometry } from 'geojson'

const MAX_FEATURES = 5000
const PADDING = 12
const POINT = 4

export interface MapShape {
  /** An SVG path. */
  readonly d: string
  readonly area: boolean
  readonly label: string
}

export interface GeoMap {
  readonly shapes: readonly MapShape[]
  /** Number of features in all, of which the first are drawn. */
  readonly total: number
}

/**
 * Longitude and latitude on a plane, fitted to a rectangle.
 *
 * @throws SyntaxError for text that is not GeoJSON
 */
export function drawMap(text: string, width: number, height: number): GeoMap {
  const features = featuresOf(JSON.parse(text) as GeoJSON)
  const drawn = features.slice(0, MAX_FEATURES)
  const all: GeoPermissibleObjects = { type: 'FeatureCollection', features: drawn }
  const projection = geoIdentity()
    .reflectY(true)
    .fitExtent(
      [
        [PADDING, PADDING],
        [width - PADDING, height - PADDING],
      ],
      all,
    )
  const path = geoPath(projection).pointRadius(POINT)
  const shapes = drawn.flatMap((feature): MapShape[] => {
    const d = path(feature)
    return d && !d.includes('NaN') ? [{ d, area: isArea(feature.geometry), label: labelOf(feature) }] : []
  })
  return { shapes, total: features.length }
}

function featuresOf(json: GeoJSON): Feature[] {
  if (json?.type === 'FeatureCollection' && Array.isArray(json.features)) return json.features
  if (json?.type === 'Feature') return [json]
  if (GEOMETRIES.has(json?.type)) return [{ type: 'Feature', properties: {}, geometry: json as Geometry }]
  throw new SyntaxError('not GeoJSON')
}

const GEOMETRIES = new Set<string>([
  ...[
    'Point',
    'MultiPoint',
    'LineString',
    'MultiLineString',
    'Polygon',
    'MultiPolygon',
    'GeometryCollection',
  ],
])

const isArea = (geometry: Geometry | null) => /Polygon$/.test(geometry?.type ?? '')

const labelOf = ({ properties, geometry }: Feature) =>
  Object.entries(properties ?? {})
    .slice(0, 5)
    .map(([key, value]) => `${key}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join('\n') ||
  (geometry?.type ?? '')
